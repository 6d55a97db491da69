import { computed, signal } from "@preact/signals";
import { activity, channel, contactState, duration, number } from "../format.ts";
import type { Agent } from "../api.ts";
import { everybody, known, picked, staleCount } from "../state.ts";
import { ages, anyFilter, go, groupings, lists, noFilters, short, view, type Age, type Grouping, type List } from "../view.ts";
import { say, type Word } from "../words.ts";

const open = signal(false); // on narrow screens
const labels: Record<List, Word> = {
  activity: "activity", status: "status", "next-status": "nextStatus", "contact-state": "contactState", channel: "channel", queue: "queue", "routing-profile": "profile", "hierarchy-group": "team",
};

// values gives what can be filtered by: what stands in the rows, and its name.
const values: Record<List, (a: Agent) => [string, string][]> = {
  activity: (a) => [[a.activity, a.activity]],
  status: (a) => (a.status?.name ? [[a.status.name, a.status.name]] : []),
  "next-status": (a) => (a.nextStatus ? [[a.nextStatus.name ?? a.nextStatus.id, a.nextStatus.name ?? a.nextStatus.id]] : []),
  "contact-state": (a) => a.contacts.map((c) => [c.state, c.state]),
  channel: (a) => a.slots.map((s) => [s.channel, s.channel]),
  queue: (a) => (a.routingProfile?.queues ?? []).map((q) => [q.id, q.name ?? q.id]),
  "routing-profile": (a) => (a.routingProfile ? [[a.routingProfile.id, a.routingProfile.name ?? a.routingProfile.id]] : []),
  "hierarchy-group": (a) => (a.hierarchy ?? []).map((g) => [g.id, g.name ?? g.id]),
};
const agesWords: Record<Age, Word> = { "longer-than": "longerThan", "not-heard-for": "notHeardFor" };
const limits = [30, 60, 120, 300, 600, 900, 1800, 3600]; // seconds
const most = 500; // options of a list

const choices = computed(() => {
  const all = Object.fromEntries(lists.map((l) => [l, new Map<string, string>()])) as Record<List, Map<string, string>>;
  for (const a of known.value) for (const l of lists) for (const [id, name] of values[l](a)) all[l].set(id, name);
  return all;
});

const word = (l: List, name: string): string => (l === "activity" ? activity(name) : l === "contact-state" ? contactState(name) : l === "channel" ? channel(name) : name);
const nameOf = (l: List, id: string): string => word(l, choices.value[l].get(id) ?? id);

// Filters choose who is shown, and say how many that are of how many.
export function Filters() {
  const v = view.value;
  const set = (l: List, of: string[]): void => go({ filters: { ...v.filters, [l]: of } });
  return (
    <section class={"filters" + (open.value ? " open" : "")} aria-label={say("filters")}>
      <input type="search" placeholder={say("search")} aria-label={say("search")} value={v.name} onInput={(e) => go({ name: e.currentTarget.value }, true)} />
      <button class="toggle" aria-expanded={open.value} onClick={() => { open.value = !open.value; }}>{say("filters")}</button>
      <div class="choices">
        {lists.map((l) => (l !== "next-status" || choices.value[l].size > 0) && (
          <select key={l} aria-label={say(labels[l])} data-filter={l} value="" onChange={(e) => { const id = e.currentTarget.value; e.currentTarget.value = ""; if (id && !v.filters[l].includes(id)) set(l, [...v.filters[l], id]); }}>
            <option value="">{say(labels[l])}</option>
            {[...choices.value[l]].sort((a, b) => a[1].localeCompare(b[1])).slice(0, most).map(([id, name]) => <option key={id} value={id}>{word(l, name)}</option>)}
          </select>
        ))}
        {ages.map((a) => (
          <select key={a} aria-label={say(agesWords[a], "…")} data-age={a} class={v.ages[a] ? "on" : ""} value={v.ages[a] ? short(v.ages[a]) : ""} onChange={(e) => go({ ages: { ...v.ages, [a]: Number(e.currentTarget.selectedOptions[0]!.dataset.seconds) } })}>
            <option value="" data-seconds="0">{say(agesWords[a], "…")}</option>
            {[...new Set([...limits, ...(v.ages[a] ? [v.ages[a]] : [])])].sort((x, y) => x - y).map((n) => <option key={n} value={short(n)} data-seconds={n}>{say(agesWords[a], duration(n * 1000))}</option>)}
          </select>
        ))}
        <select data-group aria-label={say("group")} class={v.group && "on"} value={v.group} onChange={(e) => go({ group: e.currentTarget.value as Grouping | "" })}>
          <option value="">{say("group")} …</option>
          {groupings.map((g) => <option key={g} value={g}>{say("group")}: {say(labels[g])}</option>)}
        </select>
        <label class="check"><input type="checkbox" checked={v.offline} onChange={(e) => go({ offline: e.currentTarget.checked })} /> {say("includeOffline")}</label>
      </div>
      <div class="chips">
        {lists.flatMap((l) => v.filters[l].map((id) => (
          <button key={l + id} class="chip" data-chip={l} aria-label={`${say("remove")}: ${say(labels[l])} ${nameOf(l, id)}`} onClick={() => set(l, v.filters[l].filter((x) => x !== id))}>
            {say(labels[l])}: <bdi>{nameOf(l, id)}</bdi> <span aria-hidden="true">✕</span>
          </button>
        )))}
        {anyFilter(v) && <button class="chip clear" onClick={() => go(noFilters())}>{say("clear")}</button>}
        {staleCount.value > 0 && <button class={"chip stale" + (v.show === "stale" ? " on" : "")} aria-pressed={v.show === "stale"} onClick={() => go({ show: v.show === "stale" ? "" : "stale" })}>◷ {say("staleCount", number(staleCount.value))}</button>}
        <span class="counted" data-shown={picked.value.length} data-of={everybody.value.length}>{say("shownOf", number(picked.value.length), number(everybody.value.length))}</span>
      </div>
    </section>
  );
}
