import { instances, state } from "../feed.ts";
import { duration } from "../format.ts";
import * as clock from "../clock.ts";
import { signOut, token } from "../session.ts";
import { paused, togglePause } from "../state.ts";
import { go, view } from "../view.ts";
import { language, languages, say } from "../words.ts";
import { Connection } from "./Connection.tsx";
import { Icon } from "./Icon.tsx";

// Header is which floor this is, how the connection is, and what the reader can set.
export function Header() {
  const v = view.value;
  const dark = (): boolean => (v.theme ? v.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <header>
      <span class="brand"><span class="mark" aria-hidden="true" />rollcall</span>
      {instances.value.length > 1 && (
        <select aria-label={say("instance")} value={v.instance || instances.value[0]!.id} onChange={(e) => go({ instance: e.currentTarget.value, agent: "" })}>
          {instances.value.map((i) => <option key={i.id} value={i.id}>{i.id}</option>)}
        </select>
      )}
      <Connection />
      {paused.value && <span class="pausedfor">❚❚ {say("pausedFor", duration(clock.now.value - paused.value.at))}</span>}
      <span class="space" />
      <button class={paused.value ? "on" : ""} aria-label={say(paused.value ? "resume" : "pause")} aria-pressed={paused.value !== null} onClick={togglePause} disabled={state.value === "connecting"}>
        <Icon name={paused.value ? "play" : "pause"} /> <span class="word">{say(paused.value ? "resume" : "pause")}</span>
      </button>
      <button class={v.sound ? "on" : ""} aria-pressed={v.sound} aria-label={say("sound")} title={say("sound")} onClick={() => go({ sound: !v.sound }, true)}>
        <Icon name={v.sound ? "sound" : "mute"} />
      </button>
      <button aria-label={say("theme")} title={say("theme")} onClick={() => go({ theme: dark() ? "light" : "dark" }, true)}><Icon name="theme" /></button>
      <select class="language" aria-label={say("language")} value={language.value} onChange={(e) => go({ lang: e.currentTarget.value }, true)}>
        {Object.entries(languages).map(([tag, name]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
      </select>
      <button class="totv" onClick={() => go({ mode: "tv", agent: "" })} aria-label={say("tv")} title={say("tv")}><Icon name="tv" /></button>
      {token.value && <button onClick={() => signOut()} aria-label={say("signOut")} title={say("signOut")}><Icon name="leave" /></button>}
    </header>
  );
}
