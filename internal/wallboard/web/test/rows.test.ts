import { expect, test } from "vitest";
import type { Agent } from "../src/api.ts";
import { count, shown } from "../src/counts.ts";
import { grouped, lines, matcher, picker, resorted, sorted } from "../src/rows.ts";
import { parse } from "../src/view.ts";
import recorded from "./recorded.json";

const agents = recorded.list.agents as unknown as Agent[];
const matching = (search: string, now = Date.parse("2126-01-01T00:00:00Z")): string[] => agents.filter(matcher(parse(search), now)).map((a) => a.id);

test("filters combine, and within one any value is enough", () => {
  const [first] = agents;
  const queue = first!.routingProfile!.queues[0]!;
  const of = agents.filter((a) => a.routingProfile!.queues.some((q) => q.id === queue.id)).map((a) => a.id);
  expect(matching("?queue=" + encodeURIComponent(queue.name!))).toEqual(of);
  expect(matching("?queue=" + queue.id + "&queue=nowhere")).toEqual(of);
  expect(matching("?queue=" + queue.id + "&channel=FAX")).toEqual([]);
  expect(matching("?name=" + first!.name.slice(1, 5).toUpperCase())).toContain(first!.id);
});

test("time in activity and since something was heard are filters, to the instant", () => {
  const { id, activitySince, heardAt } = agents.find((a) => a.activitySince)!;
  for (const [filter, since] of [["longer-than", activitySince!], ["not-heard-for", heardAt]] as const) {
    const five = Date.parse(since) + 5 * 60_000;
    expect(matching(`?${filter}=5m`, five)).toContain(id);
    expect(matching(`?${filter}=5m`, five - 1)).not.toContain(id);
    expect(matching(`?${filter}=never`, 0)).toContain(id);
  }
});

test("words that the page does not know are shown, and count as the nearest that it knows", () => {
  const [first] = agents;
  const contact = { id: "c", channel: "VOICE", initiationMethod: "INBOUND", state: "CO_BROWSING" };
  const joined: Agent = { ...first!, activity: "On contact", contacts: [{ ...contact, connectedToAgentAt: "2026-01-01T00:00:00.000Z" }] };
  const ringing: Agent = { ...first!, activity: "Break", status: { id: "b", name: "Break", type: "BUSY" }, contacts: [contact] };
  const matching = (search: string) => [joined, ringing].map(matcher(parse(search), 0));
  expect(matching("?contact-state=CO_BROWSING")).toEqual([true, true]);
  expect(matching("?contact-state=CONNECTED")).toEqual([true, false]);
  expect(matching("?contact-state=CONNECTING")).toEqual([false, true]);
  expect(matching("?activity=Custom")).toEqual([false, true]);
  const { numbers, customs } = count([joined, ringing]);
  expect([numbers["onContact"], numbers["nonProductive"], customs.get("Break")]).toEqual([1, 1, 1]);
});

test("every tile is a filter for those whom it counts", () => {
  for (const tile of Object.keys(shown)) {
    expect(agents.filter(picker(parse("?show=" + tile), new Set()))).toEqual(agents.filter(shown[tile]!));
  }
});

test("several columns sort one after the other, and back", () => {
  const names = (search: string) => sorted([...agents], parse(search).sort).map((a) => a.name);
  expect(names("?sort=-name")).toEqual(names("?sort=name").reverse());
  const both = sorted([...agents], parse("?sort=profile,-since").sort);
  for (let i = 1; i < both.length; i++) {
    const a = both[i - 1]!, b = both[i]!;
    expect(a.routingProfile!.name! <= b.routingProfile!.name!).toBe(true);
    if (a.routingProfile!.name === b.routingProfile!.name) expect(a.activitySince! >= b.activitySince!).toBe(true);
  }
});

test("groups hold everybody, once in each of theirs", () => {
  const groups = grouped([...agents], "queue");
  expect(groups.reduce((n, g) => n + g.agents.length, 0)).toBe(agents.reduce((n, a) => n + Math.max(1, a.routingProfile!.queues.length), 0));
  expect(lines([...agents], "activity").filter((l) => "agent" in l).length).toBe(agents.length);
});

test("putting changed rows in between gives what sorting gives", () => {
  for (const search of ["", "?sort=-since", "?sort=profile,name"]) {
    const { sort } = parse(search);
    const before = sorted([...agents], sort);
    const now = agents.slice(2).map((a, i) => (i % 3 ? a : { ...a, activitySince: "2026-01-0" + (1 + i % 9) + "T00:00:00.000Z", name: "Zoe " + i }));
    expect(resorted(before, now, sort)).toEqual(sorted([...now], sort));
    expect(resorted([], now, sort)).toEqual(sorted([...now], sort));
    expect(resorted(before, [], sort)).toEqual([]);
  }
});
