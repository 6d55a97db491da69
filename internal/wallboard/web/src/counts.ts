// How many agents do what, by the definitions of /v1's summary, from the rows that the page shows: the numbers and the
// rows are of one version.
import type { Agent, Contact } from "./api.ts";

const outbound = new Set(["OUTBOUND", "CALLBACK", "EXTERNAL_OUTBOUND"]);

const known = new Set(["INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "MISSED", "ERROR", "ENDED", "REJECTED", "PAUSED"]);

// stateOf is what a contact counts as: its state, or the nearest to one that the page does not know.
export const stateOf = (c: Contact): string => (known.has(c.state) ? c.state : c.connectedToAgentAt ? "CONNECTED" : "CONNECTING");

// custom tells of a status that is of no other type, and so of one that the page does not know.
export const custom = (a: Agent): boolean => a.status !== undefined && a.status.type !== "ROUTABLE" && a.status.type !== "OFFLINE";

export function active(c: Contact): boolean {
  switch (stateOf(c)) {
    case "CONNECTED": case "CONNECTED_ONHOLD": case "ENDED": case "PAUSED": return true;
    case "CONNECTING": case "PENDING": return outbound.has(c.initiationMethod ?? "");
  }
  return false;
}

export const failed = (c: Contact): boolean => c.state === "MISSED" || c.state === "ERROR" || c.state === "REJECTED";

// shown are the tiles that are sets of agents, by the name of the summary's member.
export const shown: Record<string, (a: Agent) => boolean> = {
  online: (a) => a.status !== undefined && a.status.type !== "OFFLINE",
  available: (a) => a.activity === "Available",
  onContact: (a) => a.contacts.some(active),
  afterContactWork: (a) => a.contacts.some((c) => c.state === "ENDED"),
  nonProductive: custom,
  error: (a) => a.contacts.some(failed),
};

export interface Sighting { since: string; agent: Agent }
export interface SlotSums { max: number; available: number; active: number }
export interface Counts {
  agents: number;
  numbers: Record<string, number>; // :: tile -> number; afterContactWork counts contacts
  longest: Record<string, Sighting>; // :: tile -> who has been so the longest
  customs: Map<string, number>; // :: custom status -> agents
  slots: Map<string, SlotSums>; // :: channel
}

const earlier = (of: Record<string, Sighting>, tile: string, agent: Agent, since: string | undefined): void => {
  const other = of[tile];
  if (since && (!other || since < other.since)) of[tile] = { since, agent };
};

// sinceWhen tells how long an agent has been what a tile counts.
function sinceWhen(tile: string, a: Agent): string | undefined {
  const of = (is: (c: Contact) => boolean) =>
    a.contacts.reduce<string | undefined>((first, c) => (is(c) && c.stateStartedAt && (!first || c.stateStartedAt < first) ? c.stateStartedAt : first), undefined);
  switch (tile) {
    case "onContact": return of(active);
    case "afterContactWork": return of((c) => c.state === "ENDED");
    case "error": return of(failed);
    case "nonProductive": return a.status?.startedAt;
  }
  return a.activitySince;
}

export function count(agents: Iterable<Agent>): Counts {
  const c: Counts = { agents: 0, numbers: {}, longest: {}, customs: new Map(), slots: new Map() };
  const tiles = Object.keys(shown);
  for (const tile of tiles) c.numbers[tile] = 0;
  for (const a of agents) {
    c.agents++;
    for (const tile of tiles) {
      if (!shown[tile]!(a)) continue;
      c.numbers[tile]! += tile === "afterContactWork" ? a.contacts.filter((x) => x.state === "ENDED").length : 1;
      if (tile !== "online") earlier(c.longest, tile, a, sinceWhen(tile, a));
    }
    if (a.status && custom(a)) c.customs.set(a.status.name ?? a.status.id, (c.customs.get(a.status.name ?? a.status.id) ?? 0) + 1);
    for (const s of a.slots) {
      const sum = c.slots.get(s.channel) ?? { max: 0, available: 0, active: 0 };
      sum.max += s.maximum;
      sum.active += s.active;
      if (a.status?.type === "ROUTABLE") sum.available += s.available;
      c.slots.set(s.channel, sum);
    }
  }
  return c;
}
