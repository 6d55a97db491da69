// The wallboard in a real browser, from a real server.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { awaitIds, ids, launch, patience, tile, violations } from "./browser.mjs";
import { agent, binary, contact, instance, Server } from "./server.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// open gives a page in a browser context of its own; what it says is wrong fails the test.
async function open(t, url, { init, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: "en-GB", colorScheme: "light", ...options });
  t.after(() => context.close());
  context.setDefaultTimeout(patience);
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => { if (/Content.Security.Policy|violates/.test(m.text())) faults.push(m.text()); });
  page.on("request", (r) => { if (!r.url().startsWith(new URL(url).origin)) faults.push("asked " + r.url()); });
  t.after(() => assert.deepEqual(faults, []));
  await page.goto(url);
  return page;
}

async function serve(t, ...flags) {
  const server = await new Server(...flags).start();
  t.after(() => server.close());
  return server;
}

const four = () => [
  agent("ann", { first: "Ann", last: "Arbor", profile: "Sales", queues: ["Leads", "Renewals"], team: "North" }),
  agent("bob", { first: "Bob", last: "Builder", profile: "Sales", queues: ["Leads", "Renewals"], team: "South", contacts: [["VOICE", "CONNECTED", "Leads"]], secondsAgo: 90, next: "Lunch" }),
  agent("cy", { first: "Cy", last: "Clone", profile: "Care", queues: ["Complaints"], team: "North", contacts: [["VOICE", "ENDED", "Complaints"]], secondsAgo: 30 }),
  agent("dee", { first: "Dee", last: "Dot", profile: "Care", queues: ["Complaints"], team: "South", status: "Lunch", secondsAgo: 60 }),
];

test("a link opens the page once, and an event is on it within a second", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  assert.equal(new URL(page.url()).hash, "", "the ticket stays in the URL");
  assert.deepEqual([await tile(page, "online"), await tile(page, "available"), await tile(page, "onContact"), await tile(page, "afterContactWork"), await tile(page, "nonProductive"), await tile(page, "error")], [4, 1, 2, 1, 1, 0]);
  const began = performance.now();
  await server.put(agent("eve", { first: "Eve" }));
  await page.waitForSelector('[data-agent-id="eve"]');
  const took = performance.now() - began;
  t.diagnostic(`an event was on the page after ${Math.round(took)} ms`);
  await page.reload();
  await page.waitForSelector('[data-agent-id="eve"]');
  const again = await open(t, server.link);
  await again.waitForSelector("input#token");
  assert.match(await again.textContent("[role=alert]"), /used already/);
  const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  t.diagnostic(`first paint after ${Math.round(painted)} ms`);
});

test("a floor of which nobody has told is live, and so is what comes", async (t) => {
  const server = await serve(t);
  const page = await open(t, server.link);
  await page.waitForSelector("[data-connection=live]");
  assert.match(await page.textContent(".table"), /No event has come in yet/);
  await server.put(agent("ann"));
  await page.waitForSelector('[data-agent-id="ann"]');
  await page.waitForSelector("[data-connection=live]");
});

test("who waits is a tile once contact events tell of it, and six tiles are the most on TV", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  assert.equal(await page.locator('[data-tile="waiting"]').count(), 0, "nothing tells who waits");
  const awaitWaiting = (n) => page.waitForSelector(`[data-tile="waiting"] [data-value="${n}"]`);
  await server.put(contact("c1", "QUEUED", 70), contact("c2", "QUEUED", 10));
  await awaitWaiting(2);
  assert.match(await page.textContent('[data-tile="waiting"]'), /1:1\d/, "the longest wait");
  await server.put(contact("c1", "CONNECTED_TO_AGENT", 70));
  await awaitWaiting(1);
  await page.goto(server.url + "/?mode=tv");
  await awaitWaiting(1);
  assert.deepEqual(await page.$$eval("[data-tile]", (all) => all.map((e) => e.dataset.tile)), ["waiting", "online", "available", "onContact", "afterContactWork", "error"]);
  await server.kill();
  await page.waitForSelector(".tv.down");
  assert.equal(await tile(page, "waiting"), 1, "what is known is shown, greyed");
  await server.start();
  await page.waitForSelector(".tv:not(.down)");
  await server.put(contact("c2", "DISCONNECTED", 10));
  await awaitWaiting(0);
});

test("filters, orders and groups are in the URL, and the back button takes them back", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);

  await page.click('[data-tile="onContact"]');
  await awaitIds(page, ["bob", "cy"]);
  assert.match(page.url(), /show=onContact/);
  assert.equal(await page.getAttribute("#agents", "aria-rowcount"), "2");
  assert.match(await page.textContent("[data-shown]"), /2 of 4/);
  await page.reload();
  await awaitIds(page, ["bob", "cy"]);
  await page.goBack();
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);

  for (const [filter, choice, want] of [
    ["activity", "Available", ["ann"]], ["status", "Lunch", ["dee"]], ["next-status", "Lunch", ["bob"]], ["contact-state", "CONNECTED", ["bob"]], ["channel", "VOICE", ["bob", "cy", "dee", "ann"]],
    ["queue", { label: "Leads" }, ["bob", "ann"]], ["routing-profile", { label: "Care" }, ["cy", "dee"]], ["hierarchy-group", { label: "North" }, ["cy", "ann"]],
  ]) {
    await page.selectOption(`[data-filter="${filter}"]`, choice);
    await awaitIds(page, want);
    assert.ok(new URL(page.url()).searchParams.has(filter), `${filter} is not in the URL`);
    await page.click(`[data-chip="${filter}"]`);
    await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  }

  const [, , , dee] = four();
  await server.put({ ...dee, EventId: "lunch", CurrentAgentSnapshot: { ...dee.CurrentAgentSnapshot, AgentStatus: { ...dee.CurrentAgentSnapshot.AgentStatus, StartTimestamp: new Date(Date.now() - 4_000_000).toISOString() } } });
  for (const [age, want] of [["longer-than", ["dee"]], ["not-heard-for", []]]) {
    await page.selectOption(`[data-age="${age}"]`, "1h");
    await awaitIds(page, want);
    assert.equal(new URL(page.url()).searchParams.get(age), "1h");
    await page.selectOption(`[data-age="${age}"]`, "");
    await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  }

  await page.fill("input[type=search]", "bUi");
  await awaitIds(page, ["bob"]);
  assert.match(page.url(), /name=bUi/);
  await page.click(".chip.clear");
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);

  await page.click('[data-sort="name"]');
  await awaitIds(page, ["ann", "bob", "cy", "dee"]);
  await page.click('[data-sort="name"]');
  await awaitIds(page, ["dee", "cy", "bob", "ann"]);
  await page.click('[data-sort="profile"]');
  await page.click('[data-sort="name"]', { modifiers: ["Shift"] });
  await page.click('[data-sort="name"]', { modifiers: ["Shift"] });
  await awaitIds(page, ["dee", "cy", "bob", "ann"]);
  assert.equal(new URL(page.url()).searchParams.get("sort"), "profile,-name");

  for (const [group, headings] of [["queue", ["Complaints 2", "Leads 2", "Renewals 2"]], ["routing-profile", ["Care 2", "Sales 2"]], ["hierarchy-group", ["North 2", "South 2"]]]) {
    await page.selectOption("[data-group]", group);
    await page.waitForFunction((want) => JSON.stringify([...document.querySelectorAll("[data-heading]")].map((h) => h.querySelector("bdi").textContent + " " + h.querySelector("[data-count]").textContent).sort()) === want, JSON.stringify(headings));
  }
  await page.selectOption("[data-group]", "activity");
  await page.waitForFunction(() => document.querySelectorAll("[data-heading]").length === 4);
});

test("the keyboard reaches everything: rows, details and back", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  await page.focus("#agents");
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await page.waitForSelector('[data-details="cy"]');
  assert.match(await page.textContent('[data-details="cy"]'), /Complaints/);
  assert.match(await page.textContent('[data-details="cy"]'), /cy-contact-0/);
  assert.match(page.url(), /agent=cy/);
  await page.keyboard.press("Escape");
  await page.waitForSelector("[data-details]", { state: "detached" });
  await page.waitForFunction(() => document.activeElement.id === "agents");
});

test("a desk's screen has room for every column, and for the whole of each name of a tile or filter", async (t) => {
  const server = await serve(t);
  await server.put(...four(), contact("waits", "QUEUED", 5), agent("long", { status: "Lunch", secondsAgo: 7200 }));
  const page = await open(t, server.link, { viewport: { width: 1280, height: 800 } });
  await page.waitForSelector('[data-tile="waiting"]');
  await page.waitForSelector("[data-agent-id=long] .badge");
  await page.waitForSelector("[data-agent-id]");
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(() => ({
      columns: [...document.querySelectorAll(".head .cell")].filter((c) => c.offsetParent).length,
      clipped: [...document.querySelectorAll(".tile .label, .choices select")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent),
      rows: new Set([...document.querySelectorAll(".tile")].map((e) => e.offsetTop)).size,
      times: document.querySelector("[data-agent-id=long] .cell.since").scrollWidth <= document.querySelector("[data-agent-id=long] .cell.since").clientWidth,
    }));
    assert.deepEqual(found, { columns: 10, clipped: [], rows: 1, times: true }, String(width));
  }
});

test("pause holds what is shown, and going on shows what came", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  await page.click("header button[aria-pressed=false] >> nth=0");
  await page.waitForSelector(".pausedfor");
  const position = await page.getAttribute("[data-position]", "data-position");
  await server.put(agent("eve"));
  await page.waitForFunction((p) => document.querySelector("[data-position]").dataset.position !== p, position);
  assert.equal((await ids(page)).length, 4);
  await page.click("header button[aria-pressed=true]");
  await page.waitForSelector('[data-agent-id="eve"]');
});

test("a token signs in; a wrong one and one that is revoked do not", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const token = server.token("--wallboard", "--name", "screen");
  const page = await open(t, server.url + "/");
  await page.fill("input#token", "wrong");
  await page.click("button.main");
  await page.waitForFunction(() => /not known here/.test(document.querySelector("[role=alert]").textContent));
  assert.deepEqual(await violations(page), []);
  for (let known = false; !known;) known = (await fetch(server.url + "/v1/instances", { headers: { Authorization: "Bearer " + token } })).ok;
  await page.fill("input#token", token);
  await page.click("button.main");
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  const refused = await fetch(server.url + "/v1/events", { method: "POST", headers: { Authorization: "Bearer " + token }, body: JSON.stringify(agent("eve")) });
  assert.equal(refused.status, 403);
  const id = /\S+(?=\s+screen)/.exec(execFileSync(binary, ["token", "list", "--keys-file", server.keys]).toString())[0];
  execFileSync(binary, ["token", "revoke", "--keys-file", server.keys, "--admin-listen", "", id], { stdio: "ignore" });
  await page.waitForSelector("input#token");
  assert.match(await page.textContent("[role=alert]"), /session is over/);
});

test("the server is killed and started again under the page", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  server.flags.push("--log-level", "info");
  const token = server.token("--wallboard");
  for (let known = false; !known;) known = (await fetch(server.url + "/v1/instances", { headers: { Authorization: "Bearer " + token } })).ok;
  const page = await open(t, server.url + "/");
  await page.fill("input#token", token);
  await page.click("button.main");
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  await server.kill();
  await page.waitForSelector(".floor.down");
  await page.waitForFunction(() => /No news for (0:0[1-9]|0:[1-5]\d|[1-9])/.test(document.querySelector("[role=status]").textContent));
  assert.equal((await ids(page)).length, 4, "what was known is gone");
  await server.start();
  await page.waitForSelector('[data-state="live"]');
  await server.put(agent("eve"));
  await page.waitForSelector('[data-agent-id="eve"]');
});

test("who may not read the whole floor sees what the filters in the URL permit", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const policy = join(server.dir, "policy.json");
  writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "rollcall:ReadAgents", Resource: `${instance}/queue/Complaints` }] }));
  const token = server.token("--policy", policy);
  for (let known = 401; known === 401;) known = (await fetch(server.url + "/v1/instances", { headers: { Authorization: "Bearer " + token } })).status;
  const page = await open(t, server.url + "/?queue=Complaints&instance=support");
  await page.fill("input#token", token);
  await page.click("button.main");
  await awaitIds(page, ["cy", "dee"]);
  await page.click("[data-chip=queue]");
  await page.waitForFunction(() => /may not read the whole floor/.test(document.querySelector(".empty")?.textContent));
});

test("a rule fires once and clears once over an agent who flaps", async (t) => {
  const server = new Server();
  const rules = join(server.dir, "rules.yaml");
  writeFileSync(rules, "clear-after: 20s\nrecovered: 2s\nrules: [{id: missed, measure: error, alert: 0s}]\n");
  server.flags.push("--wallboard-rules", rules);
  await server.start();
  t.after(() => server.close());
  await server.put(...four());
  const page = await open(t, server.link);
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  await page.evaluate(() => {
    const said = (globalThis.said = []);
    // It is there for two seconds, which a slow machine may spend elsewhere.
    new MutationObserver(() => { globalThis.recovered ||= !!document.querySelector('[data-alert="missed"][data-level="recovered"]'); })
      .observe(document.body, { attributes: true, childList: true, subtree: true });
    new MutationObserver(() => said.push(document.querySelector(".floor > [role=alert]").textContent)).observe(document.querySelector(".floor > [role=alert]"), { childList: true, characterData: true, subtree: true });
  });
  for (let i = 0; i < 3; i++) {
    await server.put(agent("ann", { first: "Ann", last: "Arbor", contacts: [["VOICE", "MISSED", "Leads"]] }));
    await page.waitForSelector('[data-agent-id="ann"] .activity.bad');
    await page.waitForSelector('[data-alert="missed"][data-level="alert"]');
    await server.put(agent("ann", { first: "Ann", last: "Arbor" }));
    await page.waitForSelector('[data-agent-id="ann"] .activity.good');
  }
  await page.waitForFunction(() => globalThis.recovered);
  await page.waitForSelector('[data-alert="missed"]', { state: "detached" });
  assert.deepEqual(await page.evaluate(() => globalThis.said), ["Ann Arbor: Missed or error", "Recovered: Ann Arbor: Missed or error"]);
});

test("an alert is acknowledged", async (t) => {
  const server = await serve(t);
  await server.put(...four(), agent("max", { first: "Max", contacts: [["VOICE", "MISSED", "Leads"]] }));
  const page = await open(t, server.link);
  await page.click('[data-alert="error"] .ack');
  await page.waitForSelector('[data-alert="error"].acknowledged');
  await page.reload();
  await page.waitForSelector('[data-alert="error"].acknowledged');
  await page.click(".alerts .sum");
  await awaitIds(page, ["max"]);
});

test("hostile names stay text", async (t) => {
  const server = await serve(t);
  const names = { img: "<img src=x onerror=globalThis.hurt=1>", long: "x".repeat(1000), arabic: "\u202eمرحبا\u202e العالم", emoji: "👩‍👩‍👧‍👦🇩🇪", script: "<script>globalThis.hurt=1</script>", quote: '"><svg onload=globalThis.hurt=1>' };
  await server.put(...Object.entries(names).map(([id, first]) => agent(id, { first, status: first.slice(0, 100), profile: "p", team: "t", contacts: [] })));
  const page = await open(t, server.link);
  await page.waitForFunction((n) => document.querySelectorAll("[data-agent-id]").length === n, Object.keys(names).length);
  for (const [id, name] of Object.entries(names)) {
    const cell = await page.$(`[data-agent-id="${id}"] .name`);
    assert.equal(await cell.textContent(), name);
    assert.equal(await cell.getAttribute("title"), name);
    assert.equal(await cell.$eval("bdi", (b) => b.children.length), 0);
    await page.click(`[data-agent-id="${id}"]`);
    await page.waitForSelector(`[data-details="${id}"]`);
  }
  for (const mode of ["?", "?mode=tv"]) {
    await page.goto(server.url + "/" + mode);
    await page.waitForSelector('[data-agent-id="long"]');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a long name makes the page wide");
  }
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
});

test("on a wall everything is large, nothing scrolls, and what does not fit rotates", async (t) => {
  const server = await serve(t);
  await server.put(...Array.from({ length: 60 }, (_, i) => agent("agent" + i, { first: "Agent", last: String(i) })), agent("max", { contacts: [["VOICE", "MISSED", "Leads"]] }));
  const page = await open(t, server.link, { viewport: { width: 1920, height: 1080 } });
  await page.waitForSelector("[data-agent-id]");
  await page.goto(server.url + "/?mode=tv&rotate=3s");
  await page.waitForFunction(() => document.querySelectorAll("[data-agent-id]").length > 10);
  const found = await page.evaluate(() => {
    const small = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const e = n.parentElement;
      if (n.data.trim() && !e.closest(".hidden, noscript") && parseFloat(getComputedStyle(e).fontSize) < 20) small.push(n.data);
    }
    const root = document.documentElement;
    return { small, tiles: document.querySelectorAll("[data-tile]").length, cursor: getComputedStyle(document.querySelector(".tv")).cursor, scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth };
  });
  assert.deepEqual(found, { small: [], tiles: 6, cursor: "none", scrolls: false });
  assert.equal((await page.$$eval("[data-agent-id]", (c) => c[0].dataset.agentId)), "max", "who needs somebody comes first");
  await page.waitForSelector('[data-screen="2"]');
  await page.waitForSelector('[data-screen="1"]');
  assert.match(await page.textContent(".clock"), /^\d\d:\d\d$/, "in Britain the day has 24 hours");
  const width = () => page.$eval(".card", (c) => c.getBoundingClientRect().width);
  const before = await width();
  await page.setViewportSize({ width: 3840, height: 2160 });
  await page.waitForFunction((w) => Math.abs(document.querySelector(".card").getBoundingClientRect().width - w) < 2, 2 * before);
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight && document.querySelector(".tv").getBoundingClientRect().height >= innerHeight - 1), "a large screen is not filled exactly");
});

test("a wall stays awake, greys without a server, and takes the page of a new one", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const token = server.token("--wallboard");
  for (let known = false; !known;) known = (await fetch(server.url + "/v1/instances", { headers: { Authorization: "Bearer " + token } })).ok;
  const page = await open(t, server.url + "/?mode=tv");
  await page.evaluate((token) => localStorage.setItem("rollcall.token", token), token);
  await page.addInitScript(() => {
    globalThis.awake = 0;
    Object.defineProperty(navigator, "wakeLock", { value: { request: async (what) => { globalThis.awake += what === "screen"; return { release: async () => {} }; } } });
  });
  await page.reload();
  await page.waitForSelector("[data-agent-id]");
  await page.waitForFunction(() => globalThis.awake === 1);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.waitForFunction(() => globalThis.awake === 2);

  await server.kill();
  await page.waitForSelector(".tv.down");
  assert.match(await page.$eval(".tv.down main", (e) => getComputedStyle(e).filter), /grayscale/);
  await page.evaluate(() => { globalThis.same = true; });
  await page.route("**/v1/wallboard-rules", async (route) => {
    const answer = await route.fetch().catch(() => null);
    if (!answer) return route.abort();
    return route.fulfill({ json: { ...(await answer.json()), build: "another" } });
  }, { times: 50 });
  await server.start();
  await page.waitForFunction(() => globalThis.same === undefined && document.querySelector('[data-state="live"]'));
});

test("a sound is made for an alert when it is switched on, and not before", async (t) => {
  const server = await serve(t);
  await server.put(...four());
  const page = await open(t, server.link, { init: () => {
    globalThis.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { globalThis.tones++; return start.apply(this, at); };
  } });
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  const missed = async (id) => {
    await server.put(agent(id, { contacts: [["VOICE", "MISSED", "Leads"]] }));
    await page.waitForSelector(`[data-alert="error"][data-agent="${id}"]`);
  };
  await missed("max");
  assert.equal(await page.evaluate(() => globalThis.tones), 0);
  await page.click('button[aria-label="Sound"]');
  await missed("moe");
  await page.waitForFunction(() => globalThis.tones === 1);
});

test("an agent of whom nothing was heard is marked, counted and can be shown alone", async (t) => {
  const server = await serve(t, "--stale-after", "1s");
  await server.put(...four());
  const page = await open(t, server.link);
  await page.waitForFunction(() => document.querySelectorAll(".row.stale .heard .glyph").length === 4);
  await page.click(".chip.stale");
  await awaitIds(page, ["bob", "cy", "dee", "ann"]);
  assert.match(page.url(), /show=stale/);
});

test("an agent of whom only Amazon Connect has told is marked, until an event tells of it", async (t) => {
  const there = new Server(), key = there.key("--read"); // before it starts: it asks for new keys only now and then
  t.after(() => there.close());
  await there.start();
  await there.put(...four());
  const server = new Server("--seed-from-connect", instance, "--seed-endpoint-url", there.url);
  t.after(() => server.close());
  await server.start({ ...key, AWS_REGION: "us-east-1", AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
  const page = await open(t, server.link);
  await page.waitForFunction(() => document.querySelectorAll(".row .name [data-seeded]").length === 4);
  assert.match(await page.getAttribute("[data-agent-id=ann] [data-seeded]", "title"), /no event has confirmed/);
  assert.deepEqual(await violations(page), []);
  await server.put(agent("ann", { first: "Ann", last: "Arbor", profile: "Sales", queues: ["Leads", "Renewals"], team: "North" }));
  await page.waitForFunction(() => !document.querySelector("[data-agent-id=ann] [data-seeded]") && document.querySelectorAll("[data-seeded]").length === 3);
  await page.click("[data-agent-id=bob]");
  await page.waitForSelector(".details [data-seeded]");
  await page.goto(server.url + "/?mode=tv");
  await page.waitForFunction(() => document.querySelectorAll(".card [data-seeded]").length === 3);
});

test("axe-core finds nothing in either theme and mode", async (t) => {
  const server = await serve(t);
  await server.put(...four(), agent("max", { first: "Max", contacts: [["VOICE", "MISSED", "Leads"]] }), agent("old", { first: "Old", contacts: [["VOICE", "ENDED", "Leads"]], secondsAgo: 150 }));
  const page = await open(t, server.link, { reducedMotion: "reduce" });
  await page.waitForSelector("[data-alert]");
  for (const theme of ["dark", "light"]) for (const view of ["mode=floor", "group=queue", "agent=bob&queue=Leads", "mode=tv", "show=onContact&lang=ja"]) {
    await page.goto(`${server.url}/?theme=${theme}&${view}`);
    await page.waitForSelector("[data-agent-id]");
    await page.waitForSelector(view === "mode=tv" ? ".badge.alert" : "[data-alert]");
    assert.deepEqual(await violations(page), [], `${theme} ${view}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/?theme=dark`);
  await page.waitForSelector("[data-alert]");
  assert.deepEqual(await violations(page), [], "narrow");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a telephone scrolls sideways");
});

test("the demo's page shows what its summary says at that position", async (t) => {
  const demo = spawn(binary, ["demo", "--agents", "60", "--rate", "3", "--listen", "127.0.0.1:0", "--admin-listen", ""], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((done) => demo.on("exit", done));
  t.after(async () => { demo.kill("SIGTERM"); await ended; });
  let told = "";
  const link = await new Promise((done) => demo.stdout.on("data", (d) => { told += d; const m = /http:\/\/\S+#ticket=\w+/.exec(told); if (m) done(m[0]); }));
  const page = await open(t, link);
  await page.waitForSelector("[data-agent-id]");
  // Every position that the page has shown, with its numbers; and summaries, until one is of such a position.
  const same = await page.evaluate(async () => {
    const headers = { Authorization: "Bearer " + sessionStorage.getItem("rollcall.token") };
    const { instances } = await (await fetch("/v1/instances", { headers })).json();
    const seen = new Map();
    const look = () => {
      const numbers = {};
      for (const e of document.querySelectorAll("[data-tile]")) numbers[e.dataset.tile] = Number(e.querySelector("[data-value]").dataset.value);
      seen.set(document.querySelector("[data-position]").dataset.position, numbers);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
    const asked = [];
    for (;;) {
      asked.push(await (await fetch(`/v1/instances/${instances[0].id}/summary`, { headers })).json());
      const s = asked.find((x) => seen.has(x.position) && x.total.online > 20);
      if (s) return { page: seen.get(s.position), summary: s.total };
      await new Promise((done) => requestAnimationFrame(done));
    }
  });
  const { summary } = same;
  for (const name of ["online", "available", "onContact", "nonProductive", "error"]) assert.equal(same.page[name], summary[name], name);
  assert.equal(same.page.afterContactWork, summary.contacts.afterContactWork);
  for (const [channel, s] of Object.entries(summary.slots)) assert.equal(same.page["slots." + channel], s.available, channel);
});
