// Takes the pictures of docs/report.md: node screenshots.mjs <reports> <folder>. CHROMIUM names the browser.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [reports, folder] = process.argv.slice(2).map((path) => resolve(path));
const mode = readFileSync(join(reports, "index.html"), "utf8").match(/modes\/[\w-]+\.html/)[0]; // the first of the table
const SHOTS = [
  { name: "report-overview", path: "index.html", scheme: "light" },
  { name: "report-mode", path: mode, scheme: "light" },
  { name: "report-map", path: "skills.html", scheme: "dark" },
  { name: "report-questions", path: "examples.html#outcome=failure&by=trained", scheme: "light" },
];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});
for (const { name, path, scheme } of SHOTS) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 720 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const [file, hash] = path.split("#");
  await page.goto(`${pathToFileURL(join(reports, file)).href}${hash ? `#${hash}` : ""}`, { waitUntil: "load" });
  await page.screenshot({ path: join(folder, `${name}.webp`), type: "webp", quality: 80 });
  await page.close();
}
await browser.close();
