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
  let turn = await drive(1, 5);
  const before = await read(), at = await page.evaluate(() => performance.now()), begun = turn, heaps = [before];
  for (let left = seconds; left > 0; left -= 10) {
    turn = await drive(turn, Math.min(10, left));
    heaps.push(await read());
  }
  const measured = await page.evaluate(() => performance.now()) - at;
  const tasks = (await page.evaluate(() => globalThis.long)).filter(([start]) => start > at);
  const core = (heaps.at(-1).TaskDuration - before.TaskDuration) / (measured / 1000);
  const mb = heaps.map((m) => m.JSHeapUsedSize / 1e6), half = Math.ceil(mb.length / 2);
  console.log(`first rows after ${Math.round(first)} ms; ${Math.round((turn - begun) * perTick / (measured / 1000))} changes/s; ${tasks.length} tasks over 50 ms (${tasks.map(([, d]) => d).join(" ")}); ${(core * 100).toFixed(1)} % of a core; heap in MB, each 10 s: ${mb.map((n) => n.toFixed(1)).join(" ")}`);
  // What the program itself takes (compiled code, caches of words) comes in the first half; then it has to be flat.
  const flat = Math.min(...mb.slice(half)) <= Math.max(...mb.slice(1, half)) * 1.1;
  if (tasks.length > 0 || core > 0.3 || (mb.length > 4 && !flat)) process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
}
