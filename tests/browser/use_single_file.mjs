// Operates report.html: opened as a file, in a frame with a text of its own, and in a frame as MLflow shows HTML (a blob
// without an origin, which may run scripts and nothing else). Reports what does not work.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const WIDTH = 1280;
const LOOK = { name: "light" };
const expect = (faults, holds, what) => holds || faults.push(what);

export async function useSingleFile(browser, file, faults, audit) {
  const html = readFileSync(file, "utf8");
  console.log(`report.html: ${(Buffer.byteLength(html) / 1e6).toFixed(1)} MB`);
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<!doctype html>"));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${server.address().port}/`;
  for (const way of ["file", "srcdoc", "blob"]) {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport({ width: WIDTH, height: 900 });
    watch(page, `report.html as ${way}`, host, faults);
    const started = performance.now();
    await page.goto(way === "file" ? pathToFileURL(file).href : host, { waitUntil: "load" });
    const frame = way === "file" ? page.mainFrame() : await framed(page, html, way);
    if (await frame.waitForSelector("main.shown", { timeout: 10_000 }).catch(() => null)) {
      console.log(`report.html as ${way}: ready after ${(performance.now() - started).toFixed(0)} ms`);
      await operate(frame, (what) => faults.push(`report.html as ${way}: ${what}`));
      if (way === "file") await deepLinks(page, file, faults, audit);
    } else faults.push(`report.html as ${way}: shows no page`);
    await page.close();
  }
  server.close();
}

function watch(page, name, host, faults) {
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  page.on(
    "console",
    (message) => ["error", "warn"].includes(message.type()) && faults.push(`${name}: ${message.text()}`),
  );
  page.on("request", (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(host)) faults.push(`${name}: asks for ${url}`);
  });
}

/** Shows the document in a frame that may run scripts and has no origin. */
async function framed(page, html, way) {
  await page.evaluate(
    (text, kind) =>
      new Promise((done) => {
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-scripts");
        frame.style = "position:fixed;inset:0;width:100%;height:100%;border:0";
        frame.addEventListener("load", done, { once: true });
        if (kind === "srcdoc") frame.srcdoc = text;
        else frame.src = URL.createObjectURL(new Blob([text], { type: "text/html" }));
        document.body.append(frame);
      }),
    html,
    way,
  );
  const element = await page.$("iframe");
  return element.contentFrame();
}

const shown = (frame) => frame.evaluate(() => [...document.querySelectorAll("main")].filter((one) => one.checkVisibility()).map((one) => one.id).join());
const text = (frame, id) => frame.evaluate((name) => document.getElementById(name).textContent, id);
const click = (frame, selector) => frame.evaluate((name) => document.querySelector(name).click(), selector);

async function choose(frame, form, name, value) {
  await frame.evaluate(
    (id, field, chosen) => {
      const element = document.getElementById(id).elements[field];
      element.value = chosen;
      for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    },
    form,
    name,
    value,
  );
}

async function operate(frame, fault) {
  const holds = (that, what) => that || fault(what);
  holds((await shown(frame)) === "index", `it shows ${await shown(frame)} first`);
  const rows = () => frame.evaluate(() => [...document.querySelectorAll("main.shown .modes tbody tr:not(.apart)")].filter((one) => !one.hidden).length);
  const all = await rows();
  if (all) {
    await choose(frame, "index/choose", "novelty", "documented");
    holds((await rows()) <= all && /^$|match/.test(await text(frame, "index/chosen")), "the table of modes is not filtered");
    await click(frame, "main.shown .modes th a");
    holds((await shown(frame)).startsWith("modes/"), `a mode leads to ${await shown(frame)}`);
    const drawn = await frame.evaluate(() => Promise.all([...document.querySelectorAll("main.shown img")].slice(0, 3).map((one) => { one.loading = "eager"; return one.decode().then(() => one.naturalWidth); })).catch((error) => [String(error)]));
    holds(drawn.every((width) => width > 0), `pictures of a mode are not drawn: ${drawn}`);
    await click(frame, "main.shown .source a");
    const alone = await frame.evaluate(() => [...document.querySelectorAll(".asked")].filter((one) => one.checkVisibility()).length);
    holds((await shown(frame)) === "questions" && alone === 1, `a question of a mode shows ${alone} on ${await shown(frame)}`);
  }
  await click(frame, '.top a[href="#examples"]');
  const count = await text(frame, "examples/count");
  await choose(frame, "examples/filters", "outcome", "failure");
  holds((await text(frame, "examples/count")) !== count || /^No/.test(count), "the list is not filtered");
  if (await frame.$("main.shown .opener")) {
    await click(frame, "main.shown .opener");
    holds(await frame.$("dialog[open]"), "a question of the list is not shown large");
    await click(frame, '.top a[href="#skills"]');
    holds((await shown(frame)) === "skills" && !(await frame.$("dialog[open]")), "a large question stays open on another page");
  }
  await click(frame, '.top a[href="#skills"]');
  if (await frame.$("main.shown .tile a")) {
    await click(frame, "main.shown .tile a");
    const groups = await frame.evaluate(() => document.querySelectorAll("main.shown .map .group:not([hidden])").length);
    holds(groups === 1 && (await frame.$("main.shown .panel:not([hidden])")), `the map shows ${groups} groups of a skill`);
  }
}

/** The address leads to pages, places, views and questions, and “back” to the page before. */
async function deepLinks(page, file, faults, audit) {
  const address = pathToFileURL(file).href;
  for (const place of ["judge", "index/meaning", "examples?outcome=failure", "provenance/privacy"]) {
    await page.goto("about:blank");
    await page.goto(`${address}#${place}`, { waitUntil: "load" });
    const found = await shown(page);
    expect(faults, found === place.split(/[/?]/)[0], `report.html#${place} shows ${found}`);
    await audit(page, `report.html#${place}`, LOOK);
  }
  await click(page, '.top a[href="#methods"]');
  await page.goBack();
  await page.waitForSelector("#provenance.shown", { timeout: 2000 }).catch(() => faults.push("report.html: “back” leads nowhere"));
}
