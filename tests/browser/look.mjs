// Opens every page of a report or of the documentation site in light mode, in dark mode and on a phone, and checks it
// with everything expanded. node look.mjs <folder> [folder for screenshots]; CHROMIUM names the browser (default:
// /usr/bin/chromium).
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { useReport } from "./use_report.mjs";
import { useSingleFile } from "./use_single_file.mjs";
import { useSite } from "./use_site.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIRST_PAINT = 1000; // ms, the median of REPEATS
const REPEATS = 5;
const LOOKS = [
  { name: "light", width: 1280, height: 900, scheme: "light" },
  { name: "dark", width: 1280, height: 900, scheme: "dark" },
  { name: "phone", width: 360, height: 740, scheme: "light" },
];

const [folder, shots] = process.argv.slice(2).map((path) => resolve(path));
const faults = [];
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});
if (shots) mkdirSync(shots, { recursive: true });

/** All pages; of the pages of questions, which are alike, the first and the last. */
function pages() {
  const found = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html") && name !== "404.html");
  const ofQuestions = found.filter((name) => /^questions[/\\]/.test(name)).sort();
  const left = new Set(ofQuestions.slice(1, -1));
  return found.filter((name) => !left.has(name));
}

async function open(path, look) {
  const page = await (await browser.createBrowserContext()).newPage(); // keeps nothing of other pages
  await page.setViewport({ width: look.width, height: look.height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme }]);
  for (const kind of ["error", "pageerror", "requestfailed"])
    page.on(kind, (what) => faults.push(`${path}: ${kind} ${what.message ?? what.url()}`));
  page.on(
    "console",
    (message) => ["error", "warn"].includes(message.type()) && faults.push(`${path}: ${message.text()}`),
  );
  page.on("request", (request) => /^https?:/.test(request.url()) && faults.push(`${path}: asks for ${request.url()}`));
  await page.goto(pathToFileURL(join(folder, path)).href, { waitUntil: "load" });
  return page;
}

async function firstPaint(path) {
  const times = [];
  const ready = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const page = await open(path, LOOKS[0]);
    times.push(
      await page.evaluate(
        () =>
          new Promise((done) => {
            const painted = (entries) =>
              entries.getEntriesByName("first-contentful-paint").forEach((entry) => done(entry.startTime));
            new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
          }),
      ),
    );
    ready.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd));
    await page.close();
  }
  return [times, ready].map((all) => all.sort((one, other) => one - other)[Math.floor(REPEATS / 2)]);
}

async function audit(page, path, look) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"], preload: false }));
  for (const one of found.violations) {
    const where = one.nodes
      .slice(0, 2)
      .map((node) => node.target.join(" "))
      .join(", ");
    const told = `${path} (${look.name}): axe ${one.impact} ${one.id}, ${one.nodes.length} × ${where}`;
    if (["serious", "critical"].includes(one.impact)) faults.push(told);
    else console.log(`minor: ${told}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${path} (${look.name}): ${wide} px wider than the screen`);
}

for (const path of pages()) {
  const [paint, ready] = await firstPaint(path);
  if (paint > FIRST_PAINT) faults.push(`${path}: first paint after ${paint.toFixed(0)} ms`);
  console.log(`${path}: first paint ${paint.toFixed(0)} ms, ready ${ready.toFixed(0)} ms, medians of ${REPEATS}`);
  for (const look of LOOKS) {
    const page = await open(path, look);
    if (shots) await page.screenshot({ path: join(shots, `${path.replaceAll("/", "_")}-${look.name}.png`) });
    await audit(page, path, look);
    await page.close();
  }
}
const use = existsSync(join(folder, "examples.html")) ? useReport : useSite;
await use((path) => open(path, LOOKS[0]), faults, audit, LOOKS[0]);
if (existsSync(join(folder, "report.html"))) await useSingleFile(browser, join(folder, "report.html"), faults, audit);
await browser.close();
console.log(faults.length ? `${faults.length} faults:\n${faults.join("\n")}` : "no faults");
process.exitCode = faults.length ? 1 : 0;
