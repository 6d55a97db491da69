import { useEffect, useRef, useState } from "preact/hooks";
import { forbidden, instances, state, table } from "../feed.ts";
import { number } from "../format.ts";
import { count } from "../counts.ts";
import { look } from "../glyphs.ts";
import type { Heading } from "../rows.ts";
import { tableLines } from "../state.ts";
import { columns, go, view, type Column } from "../view.ts";
import { say, type Word } from "../words.ts";
import { Row } from "./Row.tsx";

const words: Record<Column, Word> = {
  name: "agent", activity: "activity", since: "since", status: "status", contact: "contact", acw: "acw", free: "free", profile: "profile", team: "team", heard: "heard",
};
const spare = 6; // lines that are there beyond what is seen
const narrow = typeof matchMedia === "undefined" ? null : matchMedia("(max-width: 720px)");

// Table is everybody who matches. Only the lines that are seen exist; their height is known, and the same for all.
export function Table() {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [seen, setSeen] = useState({ height: 800, line: narrow?.matches ? 68 : 40 });
  const [active, setActive] = useState("");
  useEffect(() => {
    const measure = (): void => { if (box.current) setSeen({ height: box.current.clientHeight, line: narrow?.matches ? 68 : 40 }); };
    const watch = new ResizeObserver(measure);
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const lines = tableLines.value;
  const from = Math.max(0, Math.min(Math.floor(top / seen.line), lines.length - 1) - spare);
  const to = Math.min(lines.length, Math.ceil((top + seen.height) / seen.line) + spare);
  const rows = lines.reduce((n, l) => n + ("agent" in l ? 1 : 0), 0);
  const at = lines.findIndex((l) => "agent" in l && l.agent.id === active);

  const move = (e: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(seen.height / seen.line) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (e.key === "Enter" && at >= 0) { go({ agent: active }); return; }
    const step = steps[e.key];
    if (step === undefined || lines.length === 0) return;
    e.preventDefault();
    let next = Math.max(0, Math.min(lines.length - 1, at < 0 ? 0 : at + step));
    const way = step < 0 ? -1 : 1;
    while (lines[next] && !("agent" in lines[next]!)) next += way;
    const line = lines[next];
    if (!line || !("agent" in line)) return;
    setActive(line.agent.id);
    const el = box.current!, y = next * seen.line;
    if (y < el.scrollTop) el.scrollTop = y;
    else if (y + seen.line > el.scrollTop + el.clientHeight) el.scrollTop = y + seen.line - el.clientHeight;
  };

  return (
    <div class="table">
      <Head />
      <div id="agents" class="scroll" ref={box} tabIndex={0} role="grid" aria-label={say("agents")} aria-rowcount={rows} aria-colcount={columns.length}
        aria-activedescendant={at >= from && at < to ? "row-" + at : undefined} aria-busy={state.value !== "live"}
        onScroll={(e) => setTop(e.currentTarget.scrollTop)} onKeyDown={move}>
        <div class="all" role="rowgroup" style={{ height: lines.length * seen.line + "px" }}>
          {lines.slice(from, to).map((line, i) => ("agent" in line
            ? <Row key={(view.value.group ? line.index + " " : "") + line.agent.id} agent={line.agent} index={line.index} y={(from + i) * seen.line} id={"row-" + (from + i)} active={from + i === at} />
            : <Subtotal key={"group " + line.id} of={line} y={(from + i) * seen.line} />))}
        </div>
        {lines.length === 0 && <p class="empty">{forbidden.value ? say("narrow") : table.value.position ? say("nobody") : instances.value.length || state.value !== "live" ? "" : say("noInstance")}</p>}
      </div>
    </div>
  );
}

// Head sorts: a click by one column, with Shift by this one as well.
function Head() {
  const by = view.value.sort;
  const sort = (column: Column, also: boolean): void => {
    const at = by.findIndex((s) => s.by === column);
    const down = at >= 0 && !by[at]!.down;
    const third = at >= 0 && by[at]!.down;
    if (!also) { go({ sort: third && by.length === 1 ? [] : [{ by: column, down: by.length === 1 && down }] }); return; }
    go({ sort: at < 0 ? [...by, { by: column, down: false }] : by.flatMap((s, i) => (i !== at ? [s] : third ? [] : [{ by: column, down: true }])) });
  };
  return (
    <div class="head" role="group" aria-label={say("sortHelp")}>
      {columns.map((c) => {
        const at = by.findIndex((s) => s.by === c);
        const down = at >= 0 && by[at]!.down;
        return (
          <button key={c} class={"cell " + c} title={say("sortHelp")} data-sort={c} data-direction={at < 0 ? undefined : down ? "descending" : "ascending"} aria-pressed={at >= 0} onClick={(e) => sort(c, e.shiftKey)}>
            {say(words[c])}{at >= 0 && <span class="order">{down ? "▼" : "▲"}{by.length > 1 ? at + 1 : ""}</span>}
          </button>
        );
      })}
    </div>
  );
}

// Subtotal is the heading of a group: its name, and how many do what in it.
function Subtotal({ of, y }: { of: Heading; y: number }) {
  const c = count(of.agents);
  const parts: [string, string][] = [["Available", "available"], ["On contact", "onContact"], ["After contact work", "afterContactWork"], ["Custom", "nonProductive"], ["Error", "error"]];
  return (
    <div class="subtotal" role="row" data-heading={of.id} style={{ transform: `translateY(${y}px)` }}>
      <span role="gridcell" aria-colspan={columns.length}>
        <strong class="clip"><bdi>{of.heading || say("none")}</bdi></strong> <span data-count={of.agents.length}>{number(of.agents.length)}</span>
        {parts.map(([name, tile]) => (c.numbers[tile] ? <span key={tile} class={"part " + look(name).hue} title={say(tile as Word)}>{look(name).glyph} {number(c.numbers[tile]!)}</span> : null))}
      </span>
    </div>
  );
}
