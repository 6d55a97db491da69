// 10,000 agents of whom 1,000 change each second, for SECONDS (60): what the page does with them.
// node load.mjs prints long tasks, the share of a core and the heap, and fails over what docs/wallboard.md promises.
import { launch } from "./browser.mjs";
import { agent, Server } from "./server.mjs";

const seconds = Number(process.env.SECONDS ?? 60), size = 10_000, perTick = 100;
const states = [[], [["VOICE", "CONNECTED", "Leads"]], [["VOICE", "ENDED", "Leads"]], [["VOICE", "CONNECTED_ONHOLD", "Leads"]]];
const one = (i, turn) => agent("agent-" + i, { first: "Agent", last: String(i), team: "Team " + (i % 40), profile: "Profile " + (i % 20), queues: ["Queue " + (i % 30), "Leads"], contacts: states[(i + turn) % states.length] });

const server = await new Server().start();
const browser = await launch();
try {
  for (let i = 0; i < size; i += 500) await server.put(...Array.from({ length: 500 }, (_, k) => one(i + k, 0)));
  const page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
  await page.addInitScript(() => { globalThis.long = []; new PerformanceObserver((l) => globalThis.long.push(...l.getEntries().map((e) => [e.startTime, e.duration]))).observe({ type: "longtask", buffered: true }); });
  await page.goto(server.link);
  await page.waitForSelector("[data-agent-id]");
  const first = await page.evaluate(() => performance.now());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map((m) => [m.name, m.value]));
  };
  const drive = async (from, until) => {
    let turn = from;
    for (const begun = performance.now(); performance.now() - begun < until * 1000; turn++) {
      const due = begun + (turn - from + 1) * (1000 * perTick / 1000);
      await server.put(...Array.from({ length: perTick }, (_, k) => one((turn * perTick + k) % size, turn)));
      await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
    }
    return turn;
  };
  const turn = await drive(1, 5);
  const before = await read(), at = await page.evaluate(() => performance.now());
  const changed = (await drive(turn, seconds)) - turn;
  const measured = await page.evaluate(() => performance.now()) - at;
  const tasks = (await page.evaluate(() => globalThis.long)).filter(([start]) => start > at);
  const after = await read();
  const core = (after.TaskDuration - before.TaskDuration) / (measured / 1000), mb = (m) => m.JSHeapUsedSize / 1e6;
  console.log(`first rows after ${Math.round(first)} ms; ${Math.round(changed * perTick / (measured / 1000))} changes/s; ${tasks.length} tasks over 50 ms (${tasks.map(([, d]) => d).join(" ")}); ${(core * 100).toFixed(1)} % of a core; heap ${mb(before).toFixed(1)} MB, then ${mb(after).toFixed(1)} MB`);
  if (tasks.length > 0 || core > 0.3 || mb(after) > mb(before) * 1.2) process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
}
