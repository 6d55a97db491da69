// The shapes of /v1's answers and frames, as openapi.yaml has them; what is unknown is left out.

export interface Named { id: string; name?: string; arn?: string }
export interface Status extends Named { type: string; startedAt?: string }
export interface NextStatus extends Named { enqueuedAt?: string }
export interface Slots { channel: string; maximum: number; available: number; active: number }
export interface Contact {
  id: string; initialId?: string; channel: string; initiationMethod?: string; state: string;
  stateStartedAt?: string; connectedToAgentAt?: string; queuedAt?: string; queue?: Named;
}
export interface Agent {
  id: string; arn: string; name: string; username?: string; online: boolean; activity: string; activitySince?: string;
  status?: Status; nextStatus?: NextStatus; routingProfile?: Named & { queues: Named[] };
  hierarchy?: (Named & { level: number })[]; proficiencies?: { name: string; value: string; level: number }[];
  slots: Slots[]; contacts: Contact[]; eventAt: string; heardAt: string; stale?: boolean; seeded?: boolean;
}

export type Frame =
  | { event: "state"; data: { agents: Agent[]; more: boolean } }
  | { event: "synced"; data: { position: string; total: number; staleAfterSeconds: number; time: string } }
  | { event: "change"; data: { position: string; agents: Agent[]; left: string[]; total: number } }
  | { event: "reset"; data: { reason: string } };

export interface Instance { id: string; arn: string; agents: number; online: number; contacts: number; feedAt: string; feedArrivedAt?: string }

// Waiting is what a summary says of contacts in queues, where a source of them exists.
export interface Waiting { waiting: number; longestWait?: { since: string; contactId: string } }

export interface RuleSet {
  build: string; clearAfterSeconds: number; recoveredSeconds: number;
  rules: Rule[];
}
export interface Rule { id: string; measure: string; statuses?: string[]; warnSeconds?: number; alertSeconds?: number }

// Refused is an answer that is not what was asked for.
export class Refused extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

// ask fetches from the page's own server, with the token if there is one.
export async function ask(path: string, token: string | null, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token) headers.set("Authorization", "Bearer " + token);
  const answer = await fetch(path, { ...init, headers, cache: "no-store", credentials: "omit", redirect: "error" });
  if (answer.ok) return answer;
  let message = answer.statusText;
  try { message = (await answer.json()).error.message; } catch { /* no JSON: the status says it */ }
  throw new Refused(answer.status, message);
}
