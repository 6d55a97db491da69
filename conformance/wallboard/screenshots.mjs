// Pictures of each mode, at each size and in both themes, of a demo: node screenshots.mjs DIRECTORY. The first is the
// README's, docs/wallboard.png.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { binary } from "./server.mjs";

const out = process.argv[2];
mkdirSync(out, { recursive: true });
const demo = spawn(binary, ["demo", "--rate", "4", "--listen", "127.0.0.1:0", "--admin-listen", ""], { stdio: ["ignore", "pipe", "inherit"] });
let told = "";
const link = await new Promise((done) => demo.stdout.on("data", (d) => { told += d; const m = /http:\/\/\S+#ticket=\w+/.exec(told); if (m) done(m[0]); }));
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", colorScheme: "dark" })).newPage();
await page.goto(link);
await page.waitForSelector("[data-agent-id]");
await page.goto(new URL(link).origin + "/?sort=name&theme=dark");
// A floor that has been open for a while, with something that needs somebody.
await page.waitForFunction(() => /^(0:[3-5]|[1-9])/.test(document.querySelector('[data-tile="onContact"] .since')?.textContent) && document.querySelector('[data-level="alert"]'), null, { timeout: 0 });

const shoot = async (name, width, height, query) => {
  await page.setViewportSize({ width, height });
  await page.goto(new URL(link).origin + "/?" + query);
  await page.waitForSelector("[data-agent-id]");
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 1200))));
  await page.screenshot({ path: join(out, name + ".png"), animations: "disabled" });
};
await page.screenshot({ path: join(out, "wallboard.png"), animations: "disabled" });
for (const [width, height] of [[1920, 1080], [1280, 800], [390, 844]]) {
  for (const theme of ["dark", "light"]) {
    await shoot(`floor-${theme}-${width}`, width, height, "theme=" + theme);
    await shoot(`tv-${theme}-${width}`, width, height, "mode=tv&theme=" + theme);
  }
  await shoot(`groups-${width}`, width, height, "theme=light&group=queue");
}
await browser.close();
demo.kill("SIGTERM");
