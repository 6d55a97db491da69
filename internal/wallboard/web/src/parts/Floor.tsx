import { state } from "../feed.ts";
import { announced } from "../state.ts";
import { view } from "../view.ts";
import { say } from "../words.ts";
import { Alerts } from "./Alerts.tsx";
import { Details } from "./Details.tsx";
import { Filters } from "./Filters.tsx";
import { Header } from "./Header.tsx";
import { Table } from "./Table.tsx";
import { Tiles } from "./Tiles.tsx";

// Floor is the mode for a desk: numbers, what needs somebody, and everybody.
export function Floor() {
  return (
    <div class={"floor" + (state.value === "down" ? " down" : "")}>
      <a class="skip" href="#agents" onClick={(e) => { e.preventDefault(); document.getElementById("agents")?.focus(); }}>{say("skip")}</a>
      <Header />
      <main>
        <h1 class="hidden">rollcall</h1>
        <Tiles most={99} />
        <Alerts />
        <Filters />
        <Table />
      </main>
      {view.value.agent && <Details key={view.value.agent} id={view.value.agent} />}
      <div class="hidden" role="alert">{announced.value}</div>
    </div>
  );
}
