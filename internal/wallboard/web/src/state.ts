// What is derived from the frames, the view and the time, each computed once for all who show it.
import { batch, computed, effect, signal } from "@preact/signals";
import type { Agent } from "./api.ts";
import * as clock from "./clock.ts";
import { count } from "./counts.ts";
import * as feed from "./feed.ts";
import { lines, matcher, picker, resorted, sorted } from "./rows.ts";
import { acknowledged, judge, news, type Alert, type Alerts } from "./rules.ts";
import type { Table } from "./table.ts";
import { ages, view, type Sort } from "./view.ts";
import { say } from "./words.ts";
import { alertText } from "./format.ts";

// Pause holds what is shown; the frames go on to arrive.
export const paused = signal<{ table: Table; at: number } | null>(null);
export const shownTable = computed(() => paused.value?.table ?? feed.table.value);
export const now = computed(() => paused.value?.at ?? clock.now.value);
export const togglePause = (): void => { paused.value = paused.value ? null : { table: feed.table.value, at: clock.read() }; };

// stale is reckoned here as the server does: time alone makes an agent so, and no frame tells it.
const staleSecond = computed(() => Math.floor(now.value / 5000));
const others = new WeakMap<Agent, Agent>(); // the same row, stale or not: one object as long as the row is one
const marked = (a: Agent, stale: boolean): Agent => {
  let other = others.get(a);
  if (!other) others.set(a, (other = { ...a, stale }));
  return other;
};
const rows = computed<Agent[]>(() => {
  const t = shownTable.value;
  const before = new Date(staleSecond.value * 5000 - t.staleAfter * 1000).toISOString(); // instants compare as texts
  return Array.from(t.agents.values(), (a) => {
    const stale = t.staleAfter > 0 && a.online && a.heardAt < before;
    return stale === (a.stale ?? false) ? a : marked(a, stale);
  });
});

export const everybody = rows;
// known are those from whom the choices of filters are made, looked at now and then.
const there = computed(() => shownTable.value.position !== "");
export const known = computed(() => { void staleSecond.value; return there.value ? rows.peek() : []; });
const aged = computed(() => ages.some((a) => view.value.ages[a] > 0));
export const matching = computed(() => rows.value.filter(matcher(view.value, aged.value ? now.value : 0)));
export const counts = computed(() => count(matching.value));
export const staleCount = computed(() => matching.value.reduce((n, a) => n + (a.stale ? 1 : 0), 0));

export const alerts = signal<Alerts>(new Map());
export const alerting = computed(() => {
  const ids = new Map<string, Alert>();
  for (const a of alerts.value.values()) {
    const other = a.agent && ids.get(a.agent.id);
    if (a.agent && a.recoveredAt === null && (!other || other.level === "warn")) ids.set(a.agent.id, a);
  }
  return ids;
});
const alertingIds = computed(() => (view.value.show === "alerts" ? new Set(alerting.value.keys()) : new Set<string>()));

let last: { by: Sort[]; agents: Agent[] } = { by: [], agents: [] };
export const picked = computed(() => {
  const by = view.value.sort, some = matching.value.filter(picker(view.value, alertingIds.value));
  last = { by, agents: by === last.by ? resorted(last.agents, some, by) : sorted(some, by) };
  return last.agents;
});
export const tableLines = computed(() => lines(picked.value, view.value.group));

export const announced = signal(""); // in the live region
export const beeps = signal(0); // how often a sound was due

// What was acknowledged survives a reload of the tab: of each alert its key and since when it is one.
const kept = "rollcall.acknowledged";
let before: Record<string, number> | null = JSON.parse(sessionStorage.getItem(kept) ?? "null") as Record<string, number> | null;
const keep = (): void => {
  const of = [...alerts.peek().values()].filter((a) => a.acknowledged && a.recoveredAt === null).map((a) => [a.key, a.since]);
  sessionStorage.setItem(kept, JSON.stringify(Object.fromEntries(of)));
};

let noneSince: number | null = null;

// judgeNow runs the rules over everybody, once a second.
function judgeNow(): void {
  const set = feed.rules.value;
  if (!set || feed.state.value !== "live" || paused.value) return;
  const all = rows.peek(), at = clock.read();
  const available = all.reduce((n, a) => n + (a.activity === "Available" ? 1 : 0), 0);
  const waiting = feed.waiting.peek()?.waiting ?? null;
  noneSince = available === 0 && waiting ? (noneSince ?? at) : null;
  const had = alerts.peek();
  let after = judge(had, set, all, { available, waiting, noneSince }, at);
  if (before) {
    after = acknowledged(after, [...after.values()].filter((a) => before![a.key] === a.since).map((a) => a.key));
    before = null;
  }
  if (had.size === 0 && after.size === 0) return;
  const { fired, cleared } = news(had, after);
  batch(() => {
    alerts.value = after;
    const loud = fired.filter((a) => a.level === "alert" && !a.acknowledged);
    const told = [...loud.map(alertText), ...cleared.map((a) => `${say("recovered")}: ${alertText(a)}`)];
    if (told.length) announced.value = told.length > 3 ? `${told.slice(0, 3).join("; ")}; +${told.length - 3}` : told.join("; ");
    if (loud.length) beeps.value++;
  });
}

export function acknowledge(keys: string[]): void {
  alerts.value = acknowledged(alerts.value, keys);
  keep();
}

export function start(): void {
  setInterval(() => { clock.tick(); judgeNow(); }, 1000);
  effect(() => { if (feed.rules.value && feed.table.value.position) setTimeout(judgeNow); });
}
