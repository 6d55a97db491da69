// Which rows are shown, in which order, under which headings. Pure.
import type { Agent, Contact, Named } from "./api.ts";
import { custom, shown, stateOf } from "./counts.ts";
import type { Column, Grouping, List, Sort, View } from "./view.ts";

const words = (n: Named | undefined): string[] => (n ? [n.id, n.name ?? "", n.arn ?? ""] : []);

// has gives what of an agent a filter looks at: names, ids and ARNs alike.
const has: Record<List, (a: Agent) => string[]> = {
  activity: (a) => (custom(a) && a.activity === a.status?.name ? [a.activity, "Custom"] : [a.activity]),
  status: (a) => (a.status ? [a.status.name ?? a.status.id] : []),
  "next-status": (a) => (a.nextStatus ? [a.nextStatus.name ?? a.nextStatus.id] : []),
  "contact-state": (a) => a.contacts.flatMap((c) => (c.state === "PAUSED" ? ["PAUSED", "CONNECTED"] : [c.state, stateOf(c)])),
  channel: (a) => [...a.slots.filter((s) => s.maximum > 0).map((s) => s.channel), ...a.contacts.map((c) => c.channel)],
  queue: (a) => (a.routingProfile?.queues ?? []).flatMap(words),
  "routing-profile": (a) => words(a.routingProfile),
  "hierarchy-group": (a) => (a.hierarchy ?? []).flatMap(words),
};

export const alone = (a: Agent): string => a.name + " " + (a.username ?? "");

// matcher tells who matches all filters but the tile's, at a time in ms.
export function matcher(v: View, now: number): (a: Agent) => boolean {
  const wanted = (Object.keys(has) as List[]).filter((l) => v.filters[l].length > 0);
  const name = v.name.toLowerCase();
  const before = (seconds: number): string | null => (seconds > 0 ? new Date(now - seconds * 1000).toISOString() : null); // instants compare as texts
  const activeBefore = before(v.ages["longer-than"]), heardBefore = before(v.ages["not-heard-for"]);
  return (a) => {
    if (activeBefore && !(a.activitySince && a.activitySince <= activeBefore)) return false;
    if (heardBefore && a.heardAt > heardBefore) return false;
    if (name && !alone(a).toLowerCase().includes(name)) return false;
    return wanted.every((l) => { const of = has[l](a); return v.filters[l].some((f) => of.includes(f)); });
  };
}

// picker tells who is of what the view shows: a tile, alerts or who is stale.
export function picker(v: View, alerting: ReadonlySet<string>): (a: Agent) => boolean {
  if (v.show === "alerts") return (a) => alerting.has(a.id);
  if (v.show === "stale") return (a) => a.stale === true;
  const slots = /^slots\.(.+)$/.exec(v.show);
  if (slots) return (a) => a.slots.some((s) => s.channel === slots[1] && s.available > 0 && a.status?.type === "ROUTABLE");
  return shown[v.show] ?? (() => true);
}

// main is the contact that a row shows first: one that failed, then held, then talking, then the rest.
const rank = ["ERROR", "MISSED", "REJECTED", "CONNECTED_ONHOLD", "CONNECTED", "PAUSED", "ENDED"];
export const main = (a: Agent): Contact | undefined =>
  a.contacts.length < 2 ? a.contacts[0] : [...a.contacts].sort((x, y) => (rank.indexOf(stateOf(x)) + 99) % 99 - (rank.indexOf(stateOf(y)) + 99) % 99)[0];

export const team = (a: Agent): string => a.hierarchy?.at(-1)?.name ?? a.hierarchy?.at(-1)?.id ?? "";
export const acwSince = (a: Agent): string => a.contacts.reduce((t, c) => (c.state === "ENDED" && c.stateStartedAt && (!t || c.stateStartedAt < t) ? c.stateStartedAt : t), "");
export const free = (a: Agent): number => (a.status?.type === "ROUTABLE" ? a.slots.reduce((n, s) => n + s.available, 0) : 0);
const nameOf = (n: Named | undefined): string => n?.name ?? n?.id ?? "";

const order = ["Error", "Missed", "Rejected", "Monitoring", "On contact", "After contact work", "Incoming"];
const precedence = (a: Agent): number => {
  const i = order.indexOf(a.activity);
  return i >= 0 ? i : a.activity === "Available" ? 8 : a.activity === "Offline" ? 9 : 7;
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
// compare puts the longest ago first, as the list's sort does; who has no value comes last.
const later = (a: string | undefined, b: string | undefined): number => (a === b ? 0 : !a ? 1 : !b ? -1 : a < b ? -1 : 1);
const compare: Record<Column, (a: Agent, b: Agent) => number> = {
  name: (a, b) => collator.compare(a.name, b.name),
  activity: (a, b) => precedence(a) - precedence(b) || (precedence(a) === 7 ? collator.compare(a.activity, b.activity) : 0),
  since: (a, b) => later(a.activitySince, b.activitySince),
  status: (a, b) => collator.compare(nameOf(a.status), nameOf(b.status)),
  contact: (a, b) => later(main(a)?.stateStartedAt, main(b)?.stateStartedAt),
  acw: (a, b) => later(acwSince(a) || undefined, acwSince(b) || undefined),
  free: (a, b) => free(b) - free(a),
  profile: (a, b) => collator.compare(nameOf(a.routingProfile), nameOf(b.routingProfile)),
  team: (a, b) => collator.compare(team(a), team(b)),
  heard: (a, b) => later(a.heardAt, b.heardAt),
};

export const usual: Sort[] = [{ by: "activity", down: false }, { by: "since", down: false }];

const comparing = (by: Sort[]) => {
  const keys = by.length ? by : usual;
  return (a: Agent, b: Agent): number => {
    for (const s of keys) {
      const c = compare[s.by](a, b);
      if (c) return s.down ? -c : c;
    }
    return collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
  };
};

export const sorted = (agents: Agent[], by: Sort[]): Agent[] => agents.sort(comparing(by));

// resorted does the same where most rows are still those of an order before: the others are put in between.
export function resorted(before: Agent[], agents: Agent[], by: Sort[]): Agent[] {
  const order = comparing(by), others = new Set(agents);
  const same = before.filter((a) => others.delete(a));
  const fresh = [...others].sort(order);
  if (same.length === 0 || fresh.length === 0) return same.length ? same : fresh;
  const all: Agent[] = [];
  let i = 0;
  for (const a of fresh) {
    while (i < same.length && order(same[i]!, a) <= 0) all.push(same[i++]!);
    all.push(a);
  }
  while (i < same.length) all.push(same[i++]!);
  return all;
}

export interface Heading { heading: string; id: string; agents: Agent[] }
export type Line = Heading | { agent: Agent; index: number };

const groupsOf: Record<Grouping, (a: Agent) => { id: string; name: string }[]> = {
  queue: (a) => (a.routingProfile?.queues ?? []).map((q) => ({ id: q.id, name: nameOf(q) })),
  "routing-profile": (a) => (a.routingProfile ? [{ id: a.routingProfile.id, name: nameOf(a.routingProfile) }] : []),
  "hierarchy-group": (a) => (a.hierarchy ?? []).slice(-1).map((g) => ({ id: g.id, name: nameOf(g) })),
  activity: (a) => [{ id: a.activity, name: a.activity }],
};

// grouped puts agents under headings; whoever is in none comes last, under one without a name.
export function grouped(agents: Agent[], by: Grouping): Heading[] {
  const all = new Map<string, Heading>();
  for (const a of agents) {
    const of = groupsOf[by](a);
    for (const g of of.length ? of : [{ id: "", name: "" }]) {
      let h = all.get(g.id);
      if (!h) all.set(g.id, (h = { heading: g.name, id: g.id, agents: [] }));
      h.agents.push(a);
    }
  }
  const headings = [...all.values()];
  if (by === "activity") return headings.sort((x, y) => compare.activity(x.agents[0]!, y.agents[0]!));
  return headings.sort((x, y) => Number(!x.id) - Number(!y.id) || collator.compare(x.heading, y.heading));
}

// lines are the rows of the table from top to bottom.
export function lines(agents: Agent[], by: Grouping | ""): Line[] {
  let index = 0;
  const rows = (of: Agent[]): Line[] => of.map((agent) => ({ agent, index: index++ }));
  return by ? grouped(agents, by).flatMap((h): Line[] => [h, ...rows(h.agents)]) : rows(agents);
}
