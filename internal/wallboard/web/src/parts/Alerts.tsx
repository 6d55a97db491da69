import { useState } from "preact/hooks";
import { measure } from "../format.ts";
import type { Alert } from "../rules.ts";
import { acknowledge, alerts } from "../state.ts";
import { go, view } from "../view.ts";
import { say } from "../words.ts";
import { Since } from "./Since.tsx";

const weight = (a: Alert): number => (a.recoveredAt !== null ? 4 : a.level === "alert" ? 0 : 2) + Number(a.acknowledged);
export const inOrder = (all: Iterable<Alert>): Alert[] => [...all].sort((a, b) => weight(a) - weight(b) || a.since - b.since);
const few = 4;

// Alerts are what the rules found: the worst first, and for a minute what has recovered.
export function Alerts() {
  const [all, setAll] = useState(false);
  const list = inOrder(alerts.value.values());
  if (list.length === 0) return null;
  const on = view.value.show === "alerts";
  const open = list.filter((a) => a.recoveredAt === null && !a.acknowledged);
  const count = (level: string) => list.filter((a) => a.level === level && a.recoveredAt === null).length;
  return (
    <section class="alerts" aria-label={say("alerts")}>
      <button class={"sum" + (on ? " on" : "")} aria-pressed={on} onClick={() => go({ show: on ? "" : "alerts" })}>
        <span class="alert">◆ {count("alert")}</span> <span class="warn">▲ {count("warn")}</span> {say("alerts")}
      </button>
      <ul role="list">
        {(all ? list : list.slice(0, few)).map((a) => <AlertItem key={a.key} alert={a} />)}
      </ul>
      {list.length > few && <button aria-expanded={all} onClick={() => setAll(!all)}>{all ? say("close") : say("more", String(list.length - few))}</button>}
      {open.length > 1 && <button onClick={() => acknowledge(open.map((a) => a.key))}>{say("acknowledgeAll")}</button>}
    </section>
  );
}

function AlertItem({ alert: a }: { alert: Alert }) {
  const over = a.recoveredAt !== null;
  const level = over ? "recovered" : a.level;
  return (
    <li class={level + (a.acknowledged ? " acknowledged" : "")} data-alert={a.rule.id} data-level={level} data-agent={a.agent?.id}>
      <span aria-hidden="true">{over ? "✓" : a.level === "alert" ? "◆" : "▲"}</span>
      <span class="hidden">{say(level)}</span>
      {a.agent && <button class="plain clip" title={a.agent.name} onClick={() => go({ agent: a.agent!.id })}><bdi>{a.agent.name}</bdi></button>}
      <span class="clip">{measure(a.rule.measure)}</span>
      {!over && <Since at={new Date(a.since).toISOString()} />}
      {!over && !a.acknowledged && <button class="ack" aria-label={`${say("acknowledge")}: ${a.agent?.name ?? measure(a.rule.measure)}`} title={say("acknowledge")} onClick={() => acknowledge([a.key])}>✓</button>}
    </li>
  );
}
