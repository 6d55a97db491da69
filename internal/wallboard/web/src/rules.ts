// Which agents are a warning or an alert. A pure function of what was so before, the rows and the time.
import type { Agent, Contact, Rule, RuleSet } from "./api.ts";
import { custom, failed } from "./counts.ts";

export type Level = "warn" | "alert";
export interface Alert {
  key: string; rule: Rule; agent: Agent | null; // null: the floor as a whole
  level: Level; since: number; // when what it measures began, ms
  clearedAt: number | null; // below its limit since then
  recoveredAt: number | null; // over since then, and shown as recovered
  acknowledged: boolean;
}
export type Alerts = ReadonlyMap<string, Alert>;

const time = (t: string | undefined): number | null => (t ? Date.parse(t) : null);

const isEnded = (c: Contact): boolean => c.state === "ENDED";
const isHeld = (c: Contact): boolean => c.state === "CONNECTED_ONHOLD";

// first is since when the oldest such contact has been so; instants compare as texts.
const first = (a: Agent, is: (c: Contact) => boolean): number | null => {
  let least: string | undefined;
  for (const c of a.contacts) if (c.stateStartedAt && is(c) && (!least || c.stateStartedAt < least)) least = c.stateStartedAt;
  return time(least);
};

// began tells since when an agent has been what the rule measures; null: it isn't so.
export function began(rule: Rule, a: Agent): number | null {
  switch (rule.measure) {
    case "after-contact-work": return first(a, isEnded);
    case "hold": return first(a, isHeld);
    case "error": return first(a, failed);
    case "incoming": return a.activity === "Incoming" ? time(a.activitySince) : null;
    case "on-contact": return a.activity === "On contact" ? time(a.activitySince) : null;
    case "available": return a.activity === "Available" ? time(a.activitySince) : null;
    case "stale": return a.stale ? time(a.heardAt) : null;
    case "custom-status":
      return a.status && custom(a) && (!rule.statuses?.length || rule.statuses.includes(a.status.name ?? "")) ? time(a.status.startedAt) : null;
  }
  return null;
}

const levelOf = (rule: Rule, since: number, now: number): Level | null => {
  const seconds = (now - since) / 1000;
  if (rule.alertSeconds !== undefined && seconds >= rule.alertSeconds) return "alert";
  return rule.warnSeconds !== undefined && seconds >= rule.warnSeconds ? "warn" : null;
};

// heat is how far an agent is on the way to the nearest limit, from 0 to 1; null where no rule is about it.
export function heat(rules: readonly Rule[], a: Agent, now: number): number | null {
  let most: number | null = null;
  for (const rule of rules) {
    const since = began(rule, a);
    if (since === null) continue;
    const limit = (rule.alertSeconds ?? rule.warnSeconds ?? 0) * 1000;
    most = Math.max(most ?? 0, limit ? Math.min(1, Math.max(0, now - since) / limit) : 1);
  }
  return most;
}

export interface FloorState { available: number; waiting: number | null; noneSince: number | null }

export function judge(before: Alerts, set: RuleSet, agents: Iterable<Agent>, floor: FloorState, now: number): Alerts {
  const after = new Map<string, Alert>();
  const hit = (rule: Rule, agent: Agent | null, since: number): void => {
    const level = levelOf(rule, since, now);
    if (!level) return;
    const key = rule.id + " " + (agent?.id ?? "");
    const old = before.get(key);
    const same = old && old.recoveredAt === null;
    after.set(key, {
      key, rule, agent, level, since, clearedAt: null, recoveredAt: null,
      acknowledged: same ? old.acknowledged && !(old.level === "warn" && level === "alert") : false,
    });
  };
  for (const a of agents) for (const rule of set.rules) {
    const since = began(rule, a);
    if (since !== null) hit(rule, a, since);
  }
  for (const rule of set.rules) {
    if (rule.measure === "nobody-available" && floor.noneSince !== null) hit(rule, null, floor.noneSince);
  }
  for (const [key, old] of before) {
    if (after.has(key)) continue;
    const clearedAt = old.clearedAt ?? now;
    const over = now - clearedAt >= set.clearAfterSeconds * 1000;
    const recoveredAt = old.recoveredAt ?? (over ? now : null);
    if (recoveredAt !== null && now - recoveredAt >= set.recoveredSeconds * 1000) continue;
    after.set(key, { ...old, clearedAt, recoveredAt });
  }
  return after;
}

export function acknowledged(alerts: Alerts, keys: readonly string[]): Alerts {
  const after = new Map(alerts);
  for (const key of keys) {
    const a = after.get(key);
    if (a) after.set(key, { ...a, acknowledged: true });
  }
  return after;
}

// news tells what began and what ended between two states, each once.
export function news(before: Alerts, after: Alerts): { fired: Alert[]; cleared: Alert[] } {
  const fired: Alert[] = [], cleared: Alert[] = [];
  for (const [key, a] of after) {
    const old = before.get(key);
    if (a.recoveredAt === null) {
      if (!old || old.recoveredAt !== null || (old.level === "warn" && a.level === "alert")) fired.push(a);
    } else if (old && old.recoveredAt === null) cleared.push(a);
  }
  return { fired, cleared };
}
