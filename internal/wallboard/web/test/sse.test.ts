import { expect, test } from "vitest";
import { reader } from "../src/sse.ts";

const text = "retry: 3000\n\n:\n\nevent: state\ndata: {\"a\":1}\n\nevent: synced\nid: p-1\ndata: {\ndata: }\n\ndata:x\r\n\r\n";
const whole = [
  { event: "state", data: "{\"a\":1}", id: null }, { event: "synced", data: "{\n}", id: "p-1" }, { event: "message", data: "x", id: null },
];

test("events are the same however they are cut", () => {
  for (let size = 1; size <= text.length; size++) {
    const read = reader();
    const got = [];
    for (let i = 0; i < text.length; i += size) got.push(...read(text.slice(i, i + size)));
    expect(got).toEqual(whole);
  }
});
