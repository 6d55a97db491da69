import { expect, test } from "vitest";
import { duration, number } from "../src/format.ts";
import { parse, view } from "../src/view.ts";
import { languages, say } from "../src/words.ts";

test("every language has its own words, numbers and durations", () => {
  const said = new Set<string>();
  for (const lang of Object.keys(languages)) {
    view.value = parse("?lang=" + lang);
    said.add(say("signOut"));
    expect(say("shownOf", "3", "7")).toMatch(/3.*7|7.*3/);
    expect(duration(3_723_000)).toBe("1:02:03");
    expect(duration(62_999)).toBe("1:02");
    expect(duration(-5)).toBe("0:00");
  }
  expect(said.size).toBe(6);
  view.value = parse("?lang=de");
  expect(number(1234)).toBe("1.234");
  view.value = parse("?lang=de-AT");
  expect(say("pause")).toBe("Anhalten");
  view.value = parse("?lang=xx");
  expect(say("pause")).toBe("Pause");
});
