import { memo } from "preact/compat";
import type { Agent } from "../api.ts";
import { activity, channel, contactState, measure, number } from "../format.ts";
import { rules } from "../feed.ts";
import { look } from "../glyphs.ts";
import { acwSince, free, main, team } from "../rows.ts";
import { heat } from "../rules.ts";
import { alerting, now } from "../state.ts";
import { go } from "../view.ts";
import { say } from "../words.ts";
import { Since } from "./Since.tsx";

interface Props { agent: Agent; index: number; y: number; id: string; active: boolean }

// Row is an agent in a line. A click opens all that is known.
export const Row = memo(function Row({ agent: a, index, y, id, active }: Props) {
  const l = look(a.activity), c = main(a);
  const profile = a.routingProfile?.name ?? a.routingProfile?.id ?? "";
  return (
    <div class={"row" + (active ? " active" : "") + (a.stale ? " stale" : "")} role="row" id={id} data-agent-id={a.id} aria-rowindex={index + 1} aria-selected={active}
      style={{ transform: `translateY(${y}px)` }} onClick={() => go({ agent: a.id })}>
      <Heat agent={a} />
      <span role="gridcell" class="cell name clip" title={a.name}><Seeded agent={a} /><bdi>{a.name}</bdi></span>
      <span role="gridcell" class={"cell activity clip " + l.hue} title={a.activity}><span class="glyph" aria-hidden="true">{l.glyph}</span><bdi>{activity(a.activity)}</bdi></span>
      <span role="gridcell" class="cell since"><Since at={a.activitySince} /><Mark id={a.id} /></span>
      <span role="gridcell" class="cell status clip" title={a.status?.name}>
        <bdi>{a.status?.name ?? a.status?.id ?? ""}</bdi>{a.nextStatus && <span class="next" title={say("nextStatus")}> → <bdi>{a.nextStatus.name ?? a.nextStatus.id}</bdi></span>}
      </span>
      <span role="gridcell" class="cell contact" title={c?.queue?.name}>
        {c && <><span class="clip">{channel(c.channel)} <bdi class="queue">{c.queue?.name ?? c.queue?.id ?? ""}</bdi> <span class="state">{contactState(c.state)}</span></span> <Since at={c.stateStartedAt} /></>}
        {a.contacts.length > 1 && <span class="also"> +{number(a.contacts.length - 1)}</span>}
      </span>
      <span role="gridcell" class="cell acw"><Since at={acwSince(a) || undefined} /></span>
      <span role="gridcell" class="cell free">{number(free(a))}</span>
      <span role="gridcell" class="cell profile clip" title={profile}><bdi>{profile}</bdi></span>
      <span role="gridcell" class="cell team clip" title={team(a)}><bdi>{team(a)}</bdi></span>
      <span role="gridcell" class="cell heard">{a.stale && <span class="glyph" title={say("stale")}>◷<span class="hidden">{say("stale")}</span></span>}<Since at={a.heardAt} /></span>
    </div>
  );
});

// Heat is the row's shade: how much of the limit of its rule has passed.
export function Heat({ agent }: { agent: Agent }) {
  const h = heat(rules.value?.rules ?? [], agent, now.value);
  return h === null ? null : <span class="heat" aria-hidden="true" style={{ opacity: String(Math.round(h * 20) / 20) }} />;
}

// Seeded marks an agent of whom Amazon Connect told when it was asked, and no event has yet.
export function Seeded({ agent }: { agent: Agent }) {
  return agent.seeded ? <span class="seeded" title={say("seeded")} data-seeded><span aria-hidden="true">◌ </span><span class="hidden">{say("seeded")} </span></span> : null;
}

// Mark says of an agent what the rules found, with a sign and in words.
export function Mark({ id }: { id: string }) {
  const a = alerting.value.get(id);
  if (!a || a.clearedAt !== null) return null;
  return <span class={"badge " + a.level} title={measure(a.rule.measure)}><span aria-hidden="true">{a.level === "alert" ? "◆" : "▲"}</span><span class="hidden">{say(a.level)}: {measure(a.rule.measure)}</span></span>;
}
