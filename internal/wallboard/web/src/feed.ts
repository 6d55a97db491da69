// The connection: it watches the agents of the instance, comes back when it is cut off, and says how it is.
import { batch, effect, signal } from "@preact/signals";
import { ask, Refused, type Frame, type Instance, type RuleSet, type Waiting } from "./api.ts";
import * as clock from "./clock.ts";
import * as session from "./session.ts";
import { reader } from "./sse.ts";
import { afresh, apply, empty, type Table } from "./table.ts";
import { view, type List, type View } from "./view.ts";

export type State = "connecting" | "live" | "down";
export const table = signal<Table>(empty);
export const state = signal<State>("connecting");
export const downSince = signal(0); // by the server's clock, ms; while down
export const trouble = signal(""); // what the server said
export const instances = signal<Instance[]>([]);
export const rules = signal<RuleSet | null>(null);
export const waiting = signal<Waiting | null>(null); // null: no source tells of contacts that wait

export const forbidden = signal(false); // the token may not read what was asked for

// Who may not read the whole floor is asked of the server by the filters that permissions go by; for everybody else the
// page filters itself, and no click costs a new stream.
const narrow = signal(false);
const permitted: List[] = ["queue", "routing-profile", "hierarchy-group"];
const narrowed = (v: View): string => permitted.flatMap((l) => v.filters[l].map((f) => `&${l}=${encodeURIComponent(f)}`)).join("");

const silent = 40_000; // ms without a byte, where the server says every 15 s that it is there
const quick = 300, slowest = 5_000; // ms until the next try

let current: AbortController | null = null;

function down(): void {
  if (state.value === "down") return;
  downSince.value = clock.read();
  state.value = "down";
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise((done) => {
  const end = (): void => { clearTimeout(timer); removeEventListener("online", end); signal.removeEventListener("abort", end); done(); };
  const timer = setTimeout(end, ms);
  addEventListener("online", end);
  signal.addEventListener("abort", end);
});

// watch reads one stream to its end.
async function watch(path: string, last: string, ended: AbortSignal): Promise<void> {
  const stop = new AbortController();
  ended.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
  let timer = setTimeout(() => stop.abort(), silent);
  try {
    const answer = await ask(path, session.token.value, { signal: stop.signal, headers: last ? { "Last-Event-ID": last } : {} });
    const read = reader(), decoder = new TextDecoder(), body = answer.body!.getReader();
    for (;;) {
      const { done, value } = await body.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), silent);
      const messages = read(decoder.decode(value, { stream: true }));
      if (messages.length) batch(() => { for (const m of messages) take({ event: m.event, data: JSON.parse(m.data) } as Frame); });
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function take(frame: Frame): void {
  table.value = apply(table.value, frame);
  if (frame.event === "synced") {
    clock.set(frame.data.time);
    trouble.value = "";
    forbidden.value = false;
    state.value = "live";
  }
}

// choose gives the instance that is shown, once there is one.
async function choose(): Promise<string> {
  const all: Instance[] = (await (await ask("/v1/instances", session.token.value)).json()).instances ?? [];
  instances.value = all;
  const wanted = view.value.instance;
  return wanted || (all[0]?.id ?? "");
}

async function follow(ended: AbortSignal): Promise<void> {
  let wait = quick, showing = "";
  const show = (instance: string): void => { table.value = empty; waiting.value = null; showing = instance; };
  while (!ended.aborted) {
    try {
      const instance = await choose();
      if (instance) {
        if (instance !== showing) { show(instance); if (state.value === "live") state.value = "connecting"; }
        const before = rules.value?.build;
        rules.value = await (await ask("/v1/wallboard-rules", session.token.value)).json();
        if (before && before !== rules.value!.build) location.reload(); // the server was replaced, and has another page
        table.value = afresh(table.value);
        const question = narrow.value ? narrowed(view.value) : "";
        const of = `/v1/instances/${encodeURIComponent(instance)}`;
        const stop = new AbortController();
        ended.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
        void lookForWaiting(`${of}/summary${question.replace("&", "?")}`, stop.signal);
        await watch(`${of}/agents/watch?interval=400ms${view.value.offline ? "&include-offline=true" : ""}${question}`, table.value.position, ended).finally(() => stop.abort());
        wait = quick; // it was served, and ended as streams do
      } else {
        if (showing) show("");
        trouble.value = "";
        state.value = "live"; // nothing has come in, and that is so now
        wait = quick;
        await pause(1000, ended);
        continue;
      }
    } catch (e) {
      if (ended.aborted) return;
      if (e instanceof Refused && e.status === 401) { session.signOut("over"); return; }
      trouble.value = e instanceof Refused ? e.message : "";
      forbidden.value = e instanceof Refused && e.status === 403;
      if (forbidden.value && !narrow.value) { narrow.value = true; return; } // and is followed anew
      down();
    }
    await pause(wait * (0.7 + 0.6 * Math.random()), ended);
    if (state.value === "live" && !ended.aborted) down();
    wait = Math.min(slowest, wait * 1.7);
  }
}

// lookForWaiting asks for contacts that wait: rarely, until a source of them tells of some. A server that can't be reached
// has said nothing new. No second stream does it: browsers open six connections to a server, for all tabs together.
async function lookForWaiting(path: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    try {
      const summary = await (await ask(path, session.token.value, { signal: ended })).json();
      waiting.value = typeof summary.total.waiting === "number" ? summary.total : null;
    } catch (e) { if (e instanceof Refused) waiting.value = null; }
    await pause(waiting.value ? 800 : 10_000, ended);
  }
}

// start follows for as long as somebody is signed in, and anew for another instance or question.
export function start(): void {
  effect(() => {
    const on = session.signedIn.value === "yes";
    void asked.value;
    current?.abort();
    current = null;
    if (!on) { table.value = empty; state.value = "connecting"; narrow.value = forbidden.value = false; return; }
    current = new AbortController();
    void follow(current.signal);
  });
}
const asked = signal("");
effect(() => {
  const question = [view.value.instance, view.value.offline, narrow.value && "narrow" + narrowed(view.value)].join(" ");
  if (question !== asked.peek()) {
    if (asked.peek()) table.value = empty;
    asked.value = question;
  }
});
