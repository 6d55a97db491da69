// A rollcall of a test's own, and the events that it is sent.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const binary = process.env.ROLLCALL_BINARY ?? "../bin/rollcall";
export const instance = "arn:aws:connect:us-east-1:123456789012:instance/support";

export class Server {
  dir = mkdtempSync(join(tmpdir(), "rollcall-wallboard-"));
  keys = join(this.dir, "keys.yaml");
  listen = "127.0.0.1:0";

  constructor(...flags) {
    this.flags = flags;
    writeFileSync(this.keys, "", { mode: 0o600 });
    this.feed = this.token("--write");
  }

  token(...of) {
    return execFileSync(binary, ["token", "create", "--keys-file", this.keys, "--admin-listen", "", ...of], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
  }

  key(...of) { // :: as AWS tools take it from the environment
    const made = execFileSync(binary, ["key", "create", "--keys-file", this.keys, "--admin-listen", "", ...of], { stdio: ["ignore", "pipe", "ignore"] }).toString();
    return Object.fromEntries([...made.matchAll(/(AWS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  }

  async start(env = {}) {
    this.process = spawn(binary, ["serve", "--data-dir", join(this.dir, "data"), "--keys-file", this.keys, "--listen", this.listen, "--admin-listen", "", ...this.flags], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
    this.ended = new Promise((done) => this.process.on("exit", done));
    let told = "";
    await new Promise((done, failed) => {
      this.process.stderr.on("data", (d) => { told += d; if (/listening/.test(told)) done(); });
      this.process.on("exit", () => failed(new Error("rollcall ended: " + told)));
    });
    this.link = /http:\/\/\S+#ticket=\w+/.exec(told)[0];
    this.url = new URL(this.link).origin;
    this.listen = new URL(this.link).host; // the next start takes the same port
    return this;
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  async close() {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async put(...documents) {
    const answer = await fetch(this.url + "/v1/events?wait=visible", { method: "POST", headers: { Authorization: "Bearer " + this.feed }, body: JSON.stringify(documents) });
    if (answer.status !== 200) throw new Error(`events: ${answer.status} ${await answer.text()}`);
  }

  async ask(path, token) {
    return (await fetch(this.url + path, { headers: { Authorization: "Bearer " + token } })).json();
  }
}

let events = 0;
const states = { Available: "a", Lunch: "l", Offline: "o" };

// agent is an event that says what somebody does: names, a status, contacts as [channel, state, queue].
export function agent(id, { first = id, last = "", status = "Available", contacts = [], profile = "Sales", queues = [profile], team = "North", secondsAgo = 0, next } = {}) {
  const now = new Date(Date.now()).toISOString(), since = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const queue = (name) => ({ ARN: `${instance}/queue/${encodeURIComponent(name)}`, Name: name, Channels: ["VOICE", "CHAT"] });
  return {
    AWSAccountId: "123456789012", InstanceARN: instance, AgentARN: `${instance}/agent/${id}`, EventId: `event-${++events}`, EventType: "STATE_CHANGE", EventTimestamp: now, Version: "2017-10-01",
    CurrentAgentSnapshot: {
      AgentStatus: { ARN: `${instance}/agent-state/${states[status] ?? "x"}`, Name: status, Type: status === "Available" ? "ROUTABLE" : status === "Offline" ? "OFFLINE" : "CUSTOM", StartTimestamp: since },
      ...(next && { NextAgentStatus: { ARN: `${instance}/agent-state/${states[next] ?? "x"}`, Name: next, EnqueuedTimestamp: since } }),
      Configuration: {
        Username: id, FirstName: first, LastName: last, AgentHierarchyGroups: { Level1: { ARN: `${instance}/agent-group/${team}`, Name: team } },
        RoutingProfile: { ARN: `${instance}/routing-profile/${profile}`, Name: profile, DefaultOutboundQueue: queue(queues[0]), InboundQueues: queues.map(queue), Concurrency: [{ Channel: "VOICE", AvailableSlots: contacts.length ? 0 : 1, MaximumSlots: 1 }] },
      },
      Contacts: contacts.map(([channel, state, name], i) => ({ ContactId: `${id}-contact-${i}`, Channel: channel, InitiationMethod: "INBOUND", State: state, StateStartTimestamp: since, ConnectedToAgentTimestamp: since, QueueTimestamp: since, Queue: queue(name) })),
    },
  };
}

// contact is an event of EventBridge about a contact in the queue Leads, in which it stood that long ago.
export function contact(id, eventType, secondsAgo) {
  return {
    version: "0", id: `event-${++events}`, "detail-type": "Amazon Connect Contact Event", source: "aws.connect", account: "123456789012", time: new Date(Date.now()).toISOString(), region: "us-east-1", resources: [`${instance}/contact/${id}`],
    detail: { eventType, contactId: id, instanceArn: instance, channel: "VOICE", queueInfo: { queueArn: `${instance}/queue/Leads`, queueType: "STANDARD", enqueueTimestamp: new Date(Date.now() - secondsAgo * 1000).toISOString() } },
  };
}
