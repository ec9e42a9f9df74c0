// Takes pictures of MLflow's pages: node mlflow.mjs <address of MLflow> <folder>. CHROMIUM names the
// browser. The store must have a finished run. Fails if a page shows a broken picture.
import { join, resolve } from "node:path";
import puppeteer from "puppeteer-core";

const [address, folder] = [process.argv[2], resolve(process.argv[3])];
const TRAINING = "workflowType=machine_learning"; // without it, MLflow shows its pages for traces
const search = async (filter) => {
  const body = { experiment_ids: ["1"], filter, order_by: ["attributes.start_time DESC"], max_results: 50 };
  const found = await fetch(`${address}/api/2.0/mlflow/runs/search`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return (await found.json()).runs ?? [];
};
const tag = (run, key) => run.data.tags.find((one) => one.key === key)?.value;
const trained = (await search("tags.`blindspot.stage` = 'train'")).find((run) => run.info.status === "FINISHED");
const parent = tag(trained, "mlflow.parentRunId");
const SHOTS = [
  { name: "mlflow-run", path: `runs/${parent}?` },
  { name: "mlflow-compare", path: "models?viewMode=CHART&" },
  { name: "mlflow-checkpoints", path: `runs/${trained.info.run_id}/artifacts/checkpoints.html?` },
  { name: "mlflow-report", path: `runs/${parent}/artifacts/report.html?` },
];
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
  protocolTimeout: 180000,
});
let broken = 0;
for (const { name, path } of SHOTS) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(closeAssistant);
  await page.setViewport({ width: 1300, height: 800 });
  await page.goto(`${address}/#/experiments/1/${path}${TRAINING}`, { waitUntil: "networkidle2", timeout: 120000 });
  await page.addStyleTag({ content: ".modebar { display: none }" }); // tools over the charts, which hide with a mouse
  await new Promise((done) => setTimeout(done, 6000));
  for (const frame of page.frames()) {
    const lost = await frame.evaluate(() => {
      const shown = [...document.images].filter((one) => one.getAttribute("src") && one.checkVisibility());
      return shown.filter((one) => one.complete && !one.naturalWidth).length;
    });
    if (lost) console.log(`${name}: ${lost} broken pictures`);
    broken += lost;
  }
  await page.screenshot({ path: join(folder, `${name}.webp`), type: "webp", quality: 80 });
  await page.close();
}
await browser.close();
process.exit(broken ? 1 : 0);

/** MLflow opens its assistant on the first visit, over a quarter of the page. */
function closeAssistant() {
  if (window.origin === "null") return; // the frame of an artifact, which has no store
  localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true");
  localStorage.setItem("mlflow.assistant.panelOpen_v1", "false");
}
