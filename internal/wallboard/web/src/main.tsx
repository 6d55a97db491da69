import { render } from "preact";
import { parse, view } from "./view.ts";
import { App } from "./parts/App.tsx";
import * as feed from "./feed.ts";
import * as session from "./session.ts";
import * as state from "./state.ts";

addEventListener("popstate", () => { view.value = parse(location.search); });
render(<App />, document.getElementById("page")!);
feed.start();
state.start();
void session.begin();
