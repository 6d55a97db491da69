import { useEffect, useRef, useState } from "preact/hooks";
import type { Agent } from "../api.ts";
import * as clock from "../clock.ts";
import { forbidden, instances, state } from "../feed.ts";
import { activity, channel, number } from "../format.ts";
import { look } from "../glyphs.ts";
import { grouped, main } from "../rows.ts";
import { alerting, alerts, announced, picked } from "../state.ts";
import { view } from "../view.ts";
import { locale, say } from "../words.ts";
import { inOrder } from "./Alerts.tsx";
import { Connection } from "./Connection.tsx";
import { Heat, Mark, Seeded } from "./Row.tsx";
import { Since } from "./Since.tsx";
import { Tiles } from "./Tiles.tsx";

interface Screen { title: string; agents: Agent[]; of: number }

// screens are what rotates: each group's agents, as many at a time as there is room for.
function screens(agents: Agent[], room: number): Screen[] {
  const urgent = (a: Agent): number => ({ alert: 0, warn: 1, none: 2 })[alerting.value.get(a.id)?.level ?? "none"];
  const groups = view.value.group ? grouped(agents, view.value.group).map((h) => ({ title: h.heading || say("none"), agents: h.agents })) : [{ title: "", agents: [...agents] }];
  return groups.flatMap((g) => {
    const first = g.agents.sort((a, b) => urgent(a) - urgent(b));
    const pages = Math.max(1, Math.ceil(first.length / room));
    return Array.from({ length: pages }, (_, i) => ({ title: g.title, agents: first.slice(i * room, (i + 1) * room), of: first.length }));
  });
}

const card = { width: 300, height: 112, gap: 12 };

// Tv is the mode for a wall: numbers and agents that are read from afar; nothing to click, nothing that scrolls.
export function Tv() {
  const grid = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState({ columns: 1, rows: 1 });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      const { clientWidth: w, clientHeight: h } = grid.current ?? { clientWidth: 0, clientHeight: 0 };
      const of = (n: number, size: number) => Math.max(1, Math.floor((n + card.gap) / (size + card.gap)));
      setFit({ columns: of(w, card.width), rows: of(h, card.height) });
    });
    watch.observe(grid.current!);
    return () => watch.disconnect();
  }, []);
  const { rotate } = view.value;
  useEffect(() => { const t = setInterval(() => setTurn((n) => n + 1), rotate * 1000); return () => clearInterval(t); }, [rotate]);
  useEffect(stayAwake, []);
  const all = screens(picked.value, fit.columns * fit.rows);
  const number_ = turn % Math.max(1, all.length);
  const s = all[number_] ?? { title: "", agents: [], of: 0 };
  const title = s.title || (instances.value.length > 1 ? view.value.instance || instances.value[0]!.id : "");
  const loud = inOrder(alerts.value.values()).filter((a) => a.recoveredAt === null && a.level === "alert").length;
  return (
    <div class={"tv" + (state.value === "down" ? " down" : "")}>
      <header>
        <span class="brand"><span class="mark" aria-hidden="true" />rollcall</span>
        <h1 class={title ? "clip" : "hidden"}><bdi>{title || "rollcall"}</bdi></h1>
        <span class="space" />
        {loud > 0 && <span class="badge alert">◆ {say("alerts")} {number(loud)}</span>}
        <Connection />
        <time class="clock">{new Intl.DateTimeFormat(locale.value, { timeStyle: "short" }).format(clock.now.value)}</time>
      </header>
      <main>
        <Tiles most={6} />
        <div class="cards" ref={grid} role="list" aria-label={say("agents")} style={{ gridTemplateColumns: `repeat(${fit.columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${fit.rows}, minmax(0, 1fr))` }}>
          {s.agents.map((a) => <Card key={a.id} agent={a} />)}
          {picked.value.length === 0 && <p class="empty">{say(forbidden.value ? "narrow" : instances.value.length ? "nobody" : "noInstance")}</p>}
        </div>
      </main>
      <footer>
        <span data-shown={s.agents.length} data-of={s.of}>{say("shownOf", number(s.agents.length), number(s.of))}</span>
        <span class="space" />
        {all.length > 1 && <span data-screen={number_ + 1}>{say("page", number(number_ + 1), number(all.length))}</span>}
      </footer>
      <div class="hidden" role="alert">{announced.value}</div>
    </div>
  );
}

// Card is an agent on a wall.
function Card({ agent: a }: { agent: Agent }) {
  const l = look(a.activity), c = main(a);
  return (
    <div class={`card ${l.hue}${a.stale ? " stale" : ""}`} role="listitem" data-agent-id={a.id}>
      <Heat agent={a} />
      <span class="who clip" title={a.name}><Seeded agent={a} /><bdi>{a.name}</bdi></span>
      <span class="what clip"><span class="glyph" aria-hidden="true">{l.glyph}</span><bdi>{a.activity === "After contact work" ? say("acw") : activity(a.activity)}</bdi></span>
      <span class="long"><Since at={a.activitySince} /><Mark id={a.id} /></span>
      <span class="where clip">{a.stale ? `◷ ${say("stale")}` : c ? <>{channel(c.channel)} <bdi>{c.queue?.name ?? ""}</bdi></> : <bdi>{a.nextStatus ? "→ " + (a.nextStatus.name ?? a.nextStatus.id) : ""}</bdi>}</span>
    </div>
  );
}

// stayAwake keeps the screen on, as far as the browser lets it, and again when the page is seen again.
function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  const take = (): void => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").then((l) => { lock = l; }, () => { /* it sleeps, then */ });
  };
  take();
  document.addEventListener("visibilitychange", take);
  return () => { document.removeEventListener("visibilitychange", take); void lock?.release(); };
}
