import type { Sighting } from "../counts.ts";
import { number } from "../format.ts";
import { go, view } from "../view.ts";
import { say } from "../words.ts";
import { Since } from "./Since.tsx";

interface Props { name: string; label: string; hue: string; value: number; longest?: Sighting | undefined; parts?: [string, number][] | undefined }

// Tile is a number, what it counts and who has been so the longest. A click shows those agents alone.
export function Tile({ name, label, hue, value, longest, parts }: Props) {
  const on = view.value.show === name;
  return (
    <button class={`tile ${hue}${on ? " on" : ""}${value ? "" : " zero"}`} data-tile={name} aria-pressed={on} onClick={() => go({ show: on ? "" : name })}>
      <strong data-value={value}>{number(value)}</strong>
      <span class="label">{label}</span>
      {parts && parts.length > 0 ? (
        <span class="sub clip">{parts.map(([status, n], i) => <span key={status}>{i > 0 && " · "}<bdi>{status}</bdi> {number(n)}</span>)}</span>
      ) : longest ? (
        <span class="sub clip" title={longest.agent.name}>{say("longest")} <Since at={longest.since} /> <bdi>{longest.agent.name}</bdi></span>
      ) : <span class="sub">&nbsp;</span>}
    </button>
  );
}
