import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { activity, channel, contactState, instant, number } from "../format.ts";
import { look } from "../glyphs.ts";
import { shownTable } from "../state.ts";
import { go } from "../view.ts";
import { say, type Word } from "../words.ts";
import { Mark, Seeded } from "./Row.tsx";
import { Since } from "./Since.tsx";

// Details is all that is known of one agent. It closes with Escape, and gives the focus back.
export function Details({ id }: { id: string }) {
  const panel = useRef<HTMLDivElement>(null);
  const close = (): void => go({ agent: "" });
  useEffect(() => {
    const before = document.activeElement;
    panel.current!.focus();
    const key = (e: KeyboardEvent): void => { if (e.key === "Escape") close(); };
    addEventListener("keydown", key);
    return () => { removeEventListener("keydown", key); if (before instanceof HTMLElement) before.focus(); };
  }, []);
  const a = shownTable.value.agents.get(id);
  const l = look(a?.activity ?? "");
  return (
    <div class="details" role="dialog" aria-labelledby="details-name" ref={panel} tabIndex={-1} data-details={id}>
      <button class="close" onClick={close} aria-label={say("close")}>✕</button>
      <h2 id="details-name" title={a?.name ?? id}><bdi>{a?.name ?? id}</bdi></h2>
      {!a ? <p>{say("gone")}</p> : <>
        <p class={"doing " + l.hue}><span class="glyph" aria-hidden="true">{l.glyph}</span><bdi>{activity(a.activity)}</bdi> <Since at={a.activitySince} /> <Mark id={a.id} /></p>
        <dl>
          <Item word="status"><bdi>{a.status?.name ?? a.status?.id}</bdi> <Since at={a.status?.startedAt} /></Item>
          {a.nextStatus && <Item word="nextStatus"><bdi>{a.nextStatus.name ?? a.nextStatus.id}</bdi> <Since at={a.nextStatus.enqueuedAt} /></Item>}
          {a.username && <Item word="username"><bdi>{a.username}</bdi></Item>}
          {a.seeded && <Item word="source"><Seeded agent={a} />{say("seeded")}</Item>}
          <Item word="heard"><Since at={a.heardAt} /> <span class="quiet">{instant(a.heardAt)}</span>{a.stale && <strong class="stale"> ◷ {say("stale")}</strong>}</Item>
        </dl>
        <h3>{say("contact")}</h3>
        {a.contacts.length === 0 && <p class="quiet">{say("none")}</p>}
        {a.contacts.map((c) => (
          <section class="contactcard" key={c.id}>
            <p><strong>{channel(c.channel)}</strong> {contactState(c.state)} <Since at={c.stateStartedAt} /></p>
            <dl>
              {c.queue && <Item word="queue"><bdi>{c.queue.name ?? c.queue.id}</bdi></Item>}
              {c.queuedAt && <Item word="queuedAt">{instant(c.queuedAt)}</Item>}
              {c.connectedToAgentAt && <Item word="connectedAt">{instant(c.connectedToAgentAt)}</Item>}
            </dl>
            <Copy text={c.id} />
          </section>
        ))}
        <h3>{say("slots")}</h3>
        <dl>{a.slots.map((s) => <div key={s.channel}><dt><bdi>{channel(s.channel)}</bdi></dt><dd>{say("ofMax", number(s.available), number(s.active), number(s.maximum))}</dd></div>)}</dl>
        {a.routingProfile && <><h3>{say("profile")}</h3><p><bdi>{a.routingProfile.name ?? a.routingProfile.id}</bdi></p>
          <p class="tags">{a.routingProfile.queues.map((q) => <span key={q.id}><bdi>{q.name ?? q.id}</bdi></span>)}</p></>}
        {a.hierarchy && <><h3>{say("team")}</h3><p>{a.hierarchy.map((g, i) => <span key={g.id}>{i > 0 && " › "}<bdi>{g.name ?? g.id}</bdi></span>)}</p></>}
        {a.proficiencies && a.proficiencies.length > 0 && <><h3>{say("skills")}</h3><p class="tags">{a.proficiencies.map((p) => <span key={p.name + p.value}><bdi>{p.name}: {p.value}</bdi> {number(p.level)}</span>)}</p></>}
        <h3>ID</h3>
        <Copy text={a.id} />
        <Copy text={a.arn} />
      </>}
    </div>
  );
}

function Item({ word, children }: { word: Word; children: ComponentChildren }) {
  return <div><dt>{say(word)}</dt><dd>{children}</dd></div>;
}

// Copy is an id, and a button that puts it on the clipboard.
function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = (): void => { void navigator.clipboard.writeText(text).then(() => setDone(true)); };
  return <p class="copy"><code class="clip" title={text}>{text}</code><button onClick={copy} aria-label={`${say("copy")} ${text}`}>{say(done ? "copied" : "copy")}</button></p>;
}
