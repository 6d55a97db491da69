// Chromium, without a profile and without a word to anybody.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const executable = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

// patience is how long a test waits, in ms: it only ends a test that is broken.
export const patience = 300_000;

export const launch = () => chromium.launch({
  executablePath: executable, headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// violations are what axe-core finds on the page, each with where.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).join("; ").slice(0, 600)}`);
}

export const ids = (page) => page.$$eval("[data-agent-id]", (rows) => rows.sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex")).map((r) => r.dataset.agentId));
export const tile = (page, name) => page.$eval(`[data-tile="${name}"] [data-value]`, (e) => Number(e.dataset.value));
export const awaitIds = (page, want) => page.waitForFunction(
  (list) => JSON.stringify([...document.querySelectorAll("[data-agent-id]")].sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex")).map((r) => r.dataset.agentId)) === list,
  JSON.stringify(want), { timeout: patience }).catch(async (e) => { throw new Error(`want ${want}, got ${await ids(page)}`, { cause: e }); });
