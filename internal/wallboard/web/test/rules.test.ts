import { expect, test } from "vitest";
import type { Agent, RuleSet } from "../src/api.ts";
import { heat, judge, news, type Alerts } from "../src/rules.ts";

const set: RuleSet = {
  build: "", clearAfterSeconds: 10, recoveredSeconds: 60,
  rules: [
    { id: "acw", measure: "after-contact-work", warnSeconds: 120, alertSeconds: 300 }, { id: "error", measure: "error", alertSeconds: 0 },
    { id: "nobody", measure: "nobody-available", alertSeconds: 0 },
  ],
};
const at = (s: number): number => Date.UTC(2026, 0, 1) + s * 1000;
const someone = (state: string | null, since = 0): Agent => ({
  id: "ann", arn: "", name: "Ann", online: true, activity: "", slots: [], eventAt: "", heardAt: "",
  contacts: state ? [{ id: "c", channel: "VOICE", state, stateStartedAt: new Date(at(since)).toISOString() }] : [],
});
const busy = { available: 1, waiting: null, noneSince: null };

// run judges once a second, and tells what was fired and cleared at which second.
function run(of: (s: number) => Agent, seconds: number): string[] {
  let alerts: Alerts = new Map();
  const told: string[] = [];
  for (let s = 0; s <= seconds; s++) {
    const after = judge(alerts, set, [of(s)], busy, at(s));
    const { fired, cleared } = news(alerts, after);
    told.push(...fired.map((a) => `${s} ${a.level} ${a.rule.id}`), ...cleared.map((a) => `${s} recovered ${a.rule.id}`));
    alerts = after;
  }
  expect(alerts.size).toBeLessThanOrEqual(1);
  return told;
}

test("a warning becomes an alert, and is over once", () => {
  expect(run((s) => someone(s < 400 ? "ENDED" : null), 600)).toEqual(["120 warn acw", "300 alert acw", "410 recovered acw"]);
});

test("a flapping agent fires once and clears once", () => {
  expect(run((s) => someone(s >= 10 && s < 100 && s % 6 < 3 ? "MISSED" : null), 300)).toEqual(["12 alert error", "109 recovered error"]);
});

test("what has recovered is shown for a minute, and then forgotten", () => {
  let alerts = judge(new Map(), set, [someone("ERROR")], busy, at(0));
  for (const s of [1, 11]) alerts = judge(alerts, set, [someone(null)], busy, at(s));
  expect([...alerts.values()].map((a) => a.recoveredAt)).toEqual([at(11)]);
  alerts = judge(alerts, set, [someone(null)], busy, at(70));
  expect(alerts.size).toBe(1);
  expect(judge(alerts, set, [someone(null)], busy, at(71)).size).toBe(0);
});

test("what was acknowledged stays so, until it becomes worse or happens again", () => {
  const acknowledged = (of: Alerts): Alerts => new Map([...of].map(([k, a]) => [k, { ...a, acknowledged: true }]));
  const warned = acknowledged(judge(new Map(), set, [someone("ENDED")], busy, at(150)));
  expect([...judge(warned, set, [someone("ENDED")], busy, at(200)).values()][0]!.acknowledged).toBe(true);
  expect([...judge(warned, set, [someone("ENDED")], busy, at(300)).values()][0]!.acknowledged).toBe(false);
});

test("nobody available is about the floor, and only while contacts wait", () => {
  expect(judge(new Map(), set, [], { available: 0, waiting: null, noneSince: null }, at(0)).size).toBe(0);
  const alerts = [...judge(new Map(), set, [], { available: 0, waiting: 3, noneSince: at(0) }, at(0)).values()];
  expect(alerts.map((a) => [a.agent, a.level])).toEqual([[null, "alert"]]);
});

test("heat is time over the alert's limit", () => {
  expect(heat(set.rules, someone("ENDED"), at(150))).toBe(0.5);
  expect(heat(set.rules, someone("ENDED"), at(900))).toBe(1);
  expect(heat(set.rules, someone("CONNECTED"), at(900))).toBe(null);
});
