import { waiting } from "../feed.ts";
import { channel, number } from "../format.ts";
import { counts } from "../state.ts";
import { go, view } from "../view.ts";
import { say, type Word } from "../words.ts";
import { Since } from "./Since.tsx";
import { Tile } from "./Tile.tsx";

const hues: Record<string, string> = { online: "", available: "good", onContact: "busy", afterContactWork: "work", nonProductive: "custom", error: "bad" };
const names = Object.keys(hues) as (Word & string)[];

// Tiles are the floor in numbers, of whom the other filters let through. Each is a filter. What no source tells of is absent.
export function Tiles({ most }: { most: number }) {
  const c = counts.value, w = waiting.value;
  // Where six is the most, who waits comes before who is in a custom status: that calls nobody to act.
  const shown = w && most < 7 ? names.filter((n) => n !== "nonProductive") : names;
  return (
    <section class="tiles" aria-label={say("agents")}>
      {w && (
        <div class="tile queue" data-tile="waiting">
          <strong data-value={w.waiting}>{number(w.waiting)}</strong>
          <span class="label">{say("waiting")}</span>
          {w.longestWait && <span class="sub">{say("longest")} <Since at={w.longestWait.since} /></span>}
        </div>
      )}
      {shown.map((name) => (
        <Tile key={name} name={name} label={say(name)} hue={hues[name]!} value={c.numbers[name] ?? 0} longest={c.longest[name]}
          parts={name === "nonProductive" ? [...c.customs].sort((a, b) => b[1] - a[1]).slice(0, 3) : undefined} />
      ))}
      {most > 6 && c.slots.size > 0 && (
        <div class="tile slots">
          <span class="label">{say("freeSlots")}</span>
          {[...c.slots].sort().map(([name, s]) => {
            const on = view.value.show === "slots." + name;
            return (
              <button key={name} class={on ? "on" : ""} data-tile={"slots." + name} aria-pressed={on} onClick={() => go({ show: on ? "" : "slots." + name })}>
                <strong data-value={s.available}>{number(s.available)}</strong> <bdi>{channel(name)}</bdi> <span class="sub">{number(s.active)} {say("busySlots")}</span>
              </button>
            );
          })}
        </div>
      )}
    </section>
  );
}
