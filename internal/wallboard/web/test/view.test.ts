import { expect, test } from "vitest";
import { format, parse } from "../src/view.ts";

test("a view survives its URL", () => {
  const all = "?instance=i&mode=tv&rotate=15s&show=onContact&name=%C3%A9&activity=On+contact&next-status=Lunch&queue=a&queue=b&longer-than=90s&not-heard-for=1h&include-offline=true&group=queue&sort=-since%2Cname&agent=x%2Fy&theme=dark&lang=ja&sound=true";
  expect(parse(format(parse(all)))).toEqual(parse(all));
  expect(new URLSearchParams(format(parse(all)))).toEqual(new URLSearchParams(all));
});

test("a column's name is a group's, too", () => {
  expect(["team", "profile", "queue", "constructor"].map((by) => parse("?group=" + by).group)).toEqual(["hierarchy-group", "routing-profile", "queue", ""]);
});

test("what a URL can't mean is left out", () => {
  const v = parse("?mode=x&rotate=-1&sort=nothing,-name&group=shoe&theme=pink");
  expect(v).toMatchObject({ mode: "floor", rotate: 20, sort: [{ by: "name", down: true }], group: "", theme: "" });
  expect(format(parse(""))).toBe("");
});
