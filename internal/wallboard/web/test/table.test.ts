import { expect, test } from "vitest";
import type { Agent, Frame } from "../src/api.ts";
import { count } from "../src/counts.ts";
import { afresh, apply, empty } from "../src/table.ts";
import recorded from "./recorded.json";

// recorded.json is what a server sent to a watch, and its list and summary at the position of the last frame.
const frames = recorded.frames as unknown as Frame[];
const list = recorded.list.agents as unknown as Agent[];
const byId = (agents: Iterable<Agent>) => [...agents].sort((a, b) => (a.id < b.id ? -1 : 1));

test("the table after the frames is the list at that position", () => {
  const table = frames.reduce(apply, empty);
  expect(table.position).toBe(recorded.list.position);
  expect(byId(table.agents.values())).toEqual(byId(list));
  expect(table.total).toBe(table.agents.size);
});

test("the numbers of the rows are the summary's", () => {
  const c = count(frames.reduce(apply, empty).agents.values());
  const { total } = recorded.summary;
  expect(c.numbers).toEqual({
    online: total.online, available: total.available, onContact: total.onContact, nonProductive: total.nonProductive,
    error: total.error, afterContactWork: total.contacts.afterContactWork,
  });
  expect(Object.fromEntries(c.slots)).toEqual(total.slots);
});

test("a state counts when it is whole, and what was there stays until then", () => {
  const before = frames.reduce(apply, empty);
  const reset = apply(before, { event: "reset", data: { reason: "another epoch" } });
  const half = apply(reset, { event: "state", data: { agents: list.slice(0, 3), more: true } });
  expect(half.agents).toBe(before.agents);
  const whole = apply(apply(half, { event: "state", data: { agents: list.slice(3, 5), more: false } }),
    { event: "synced", data: { position: "p", total: 5, staleAfterSeconds: 250, time: "2026-01-01T00:00:00.000Z" } });
  expect([...whole.agents.keys()]).toEqual(list.slice(0, 5).map((a) => a.id));
});

test("a state that was broken off leaves nothing behind", () => {
  const half = apply(empty, { event: "state", data: { agents: list.slice(0, 3), more: true } });
  const next = apply(apply(afresh(half), { event: "state", data: { agents: list.slice(4, 5), more: false } }),
    { event: "synced", data: { position: "p", total: 1, staleAfterSeconds: 0, time: "2026-01-01T00:00:00.000Z" } });
  expect([...next.agents.keys()]).toEqual([list[4]!.id]);
});

test("a change leaves the table before as it was", () => {
  const before = frames.slice(0, 2).reduce(apply, empty);
  const copy = new Map(before.agents);
  apply(before, { event: "change", data: { position: "p", agents: [], left: [...copy.keys()], total: 0 } });
  expect(before.agents).toEqual(copy);
});

test("whoever left before they came changes nothing", () => {
  const before = frames.reduce(apply, empty);
  const after = apply(before, { event: "change", data: { position: "p", agents: [], left: ["nobody"], total: before.total } });
  expect(after.agents).toEqual(before.agents);
});
