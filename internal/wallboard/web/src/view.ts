// Everything about the view is in the URL: it can be shared, survives a reload, and the back button works.
import { signal } from "@preact/signals";

export const lists = ["activity", "status", "next-status", "contact-state", "channel", "queue", "routing-profile", "hierarchy-group"] as const;
export type List = (typeof lists)[number];
export const groupings = ["queue", "routing-profile", "hierarchy-group", "activity"] as const;
export type Grouping = (typeof groupings)[number];
const byColumn = new Map<string, Grouping>([["profile", "routing-profile"], ["team", "hierarchy-group"]]); // a column's name does as well
export const columns = ["name", "activity", "since", "status", "contact", "acw", "free", "profile", "team", "heard"] as const;
export type Column = (typeof columns)[number];
export const ages = ["longer-than", "not-heard-for"] as const; // time in activity, and since anything was heard
export type Age = (typeof ages)[number];
export interface Sort { by: Column; down: boolean }

export interface View {
  instance: string; // "" for the first
  mode: "floor" | "tv";
  rotate: number; // seconds
  name: string; // searched for
  filters: Record<List, string[]>;
  ages: Record<Age, number>; // seconds that have passed at least; 0 for any
  show: string; // a tile, "alerts" or "stale"; "" for all
  offline: boolean; // also who is not on the floor
  sort: Sort[];
  group: Grouping | "";
  agent: string; // whose details are open
  theme: "" | "dark" | "light"; // "" as the system has it
  lang: string; // "" as the browser has it
  sound: boolean;
}

const includes = <T extends string>(all: readonly T[], s: string): s is T => (all as readonly string[]).includes(s);

// seconds reads 90s, 5m or 1h; anything else is 0.
const seconds = (text: string): number => {
  const m = /^(\d{1,5})([smh])$/.exec(text);
  return m ? Number(m[1]) * { s: 1, m: 60, h: 3600 }[m[2] as "s" | "m" | "h"] : 0;
};
export const short = (n: number): string => (n % 3600 === 0 ? n / 3600 + "h" : n % 60 === 0 ? n / 60 + "m" : n + "s");

export function parse(search: string): View {
  const p = new URLSearchParams(search);
  const text = (name: string) => p.get(name) ?? "";
  const rotate = /^(\d{1,4})s?$/.exec(text("rotate"));
  const group = text("group"), theme = text("theme");
  return {
    instance: text("instance"), mode: text("mode") === "tv" ? "tv" : "floor", rotate: Math.max(3, Number(rotate?.[1] ?? 20)),
    name: text("name"), show: text("show"), offline: text("include-offline") === "true", agent: text("agent"), lang: text("lang"),
    filters: Object.fromEntries(lists.map((l) => [l, p.getAll(l)])) as Record<List, string[]>,
    ages: Object.fromEntries(ages.map((a) => [a, seconds(text(a))])) as Record<Age, number>,
    sort: text("sort").split(",").map((s) => ({ by: s.replace(/^-/, ""), down: s.startsWith("-") }))
      .filter((s): s is Sort => includes(columns, s.by)),
    group: includes(groupings, group) ? group : byColumn.get(group) ?? "", theme: theme === "dark" || theme === "light" ? theme : "", sound: text("sound") === "true",
  };
}

export function format(v: View): string {
  const p = new URLSearchParams();
  const put = (name: string, value: string | false) => { if (value) p.set(name, value); };
  put("instance", v.instance);
  if (v.mode === "tv") { p.set("mode", "tv"); p.set("rotate", v.rotate + "s"); }
  put("show", v.show);
  put("name", v.name);
  for (const l of lists) for (const value of v.filters[l]) p.append(l, value);
  for (const a of ages) put(a, v.ages[a] > 0 && short(v.ages[a]));
  put("include-offline", v.offline && "true");
  put("group", v.group);
  put("sort", v.sort.map((s) => (s.down ? "-" : "") + s.by).join(","));
  put("agent", v.agent);
  put("theme", v.theme);
  put("lang", v.lang);
  put("sound", v.sound && "true");
  const text = p.toString();
  return text ? "?" + text : "";
}

export const view = signal<View>(parse(typeof location === "undefined" ? "" : location.search));

// go changes the view and the URL with it. What is typed replaces, so that back does not go letter by letter.
export function go(change: Partial<View>, replace = false): void {
  const next = { ...view.value, ...change };
  view.value = next;
  const url = "/" + format(next);
  if (replace) history.replaceState(null, "", url); else history.pushState(null, "", url);
}

export const anyFilter = (v: View): boolean => v.name !== "" || v.show !== "" || lists.some((l) => v.filters[l].length > 0) || ages.some((a) => v.ages[a] > 0);

export const noFilters = (): Pick<View, "name" | "show" | "filters" | "ages"> =>
  ({ name: "", show: "", ages: { "longer-than": 0, "not-heard-for": 0 }, filters: Object.fromEntries(lists.map((l) => [l, []])) as unknown as View["filters"] });
