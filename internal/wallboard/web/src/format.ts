// Numbers and durations in the reader's language.
import type { Alert } from "./rules.ts";
import { locale, say, type Word } from "./words.ts";

const numbers = new Map<string, Intl.NumberFormat>();
const formatter = (digits: number): Intl.NumberFormat => {
  const key = locale.value + digits;
  let f = numbers.get(key);
  if (!f) numbers.set(key, (f = new Intl.NumberFormat(locale.value, { minimumIntegerDigits: digits, useGrouping: digits === 1 })));
  return f;
};
export const number = (n: number): string => formatter(1).format(n);

// duration writes 1:02:03 or 2:03, and from two days on days and hours.
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = formatter(2);
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  if (h >= 48) {
    const unit = (n: number, u: string) => new Intl.NumberFormat(locale.value, { style: "unit", unit: u, unitDisplay: "narrow" }).format(n);
    return `${unit(Math.floor(h / 24), "day")} ${unit(h % 24, "hour")}`;
  }
  return h ? `${formatter(1).format(h)}:${two.format(m)}:${two.format(s % 60)}` : `${formatter(1).format(m)}:${two.format(s % 60)}`;
}

export const instant = (iso: string | undefined): string =>
  iso ? new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(iso)) : "";

const known: Record<string, Word> = {
  Error: "activityError", Missed: "missed", Rejected: "rejected", Monitoring: "monitoring", "On contact": "onContact",
  "After contact work": "afterContactWork", Incoming: "incoming", Custom: "customStatus", Available: "available", Offline: "offline",
};
// activity is the word for what an agent does; a custom status goes by its own name.
export const activity = (name: string): string => (known[name] ? say(known[name]) : name);

const states: Record<string, Word> = {
  INCOMING: "incoming", PENDING: "stateConnecting", CONNECTING: "stateConnecting", CONNECTED: "stateConnected", CONNECTED_ONHOLD: "stateHold",
  MISSED: "missed", ERROR: "activityError", ENDED: "afterContactWork", REJECTED: "rejected", PAUSED: "statePaused",
};
export const contactState = (state: string): string => (states[state] ? say(states[state]) : state);

const channels: Record<string, Word> = { VOICE: "voice", CHAT: "chat", TASK: "task", EMAIL: "email" };
export const channel = (name: string): string => (channels[name] ? say(channels[name]) : name);

const measures: Record<string, Word> = {
  "after-contact-work": "afterContactWork", hold: "stateHold", "custom-status": "customStatus", error: "error", incoming: "incoming",
  "on-contact": "onContact", available: "available", stale: "stale", "nobody-available": "nobodyAvailable",
};
export const measure = (name: string): string => (measures[name] ? say(measures[name]) : name);
export const alertText = (a: Alert): string => (a.agent ? `${a.agent.name}: ` : "") + measure(a.rule.measure);
