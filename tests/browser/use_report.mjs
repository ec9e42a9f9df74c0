// Operates the map, the list of questions, a question and the labelling page by keyboard, and reports what does not work.

export async function useReport(open, faults, audit, look) {
  await useMap(await open("skills.html"), faults, audit, look);
  await useList(await open("examples.html"), faults, audit, look);
  await useLabels(await open("label.html"), faults, audit, look);
}

const expect = (faults, holds, what) => holds || faults.push(what);

async function useMap(page, faults, audit, look) {
  if (!(await page.$("#map .title"))) return;
  await page.focus("#map .tile a");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#panel:not([hidden])");
  const [shown, hash] = await page.evaluate(() => [
    document.querySelectorAll("#map .group:not([hidden])").length,
    location.hash,
  ]);
  expect(faults, shown === 1 && hash.startsWith("#skill="), "map: Enter does not zoom into a skill");
  await audit(page, "skills.html, zoomed", look);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelectorAll("#map .group[hidden]").length === 0);
  await page.focus("#map .tile a");
  await page.keyboard.press("ArrowRight");
  expect(
    faults,
    await page.evaluate(() => document.activeElement !== document.querySelector("#map .tile a")),
    "map: arrow keys do not move the focus",
  );
  await page.close();
}

async function useList(page, faults, audit, look) {
  const started = await page.evaluate(() => document.getElementById("count").textContent);
  if (started.startsWith("No question")) return;
  const time = await page.evaluate(() => {
    const field = document.forms.filters.elements.q;
    field.value = "is";
    const from = performance.now();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    return performance.now() - from;
  });
  console.log(`examples.html: a search takes ${time.toFixed(0)} ms`);
  expect(faults, time < 200, `examples.html: a search takes ${time} ms`);
  await page.select("select[name=outcome]", "failure");
  const kept = await page
    .waitForFunction(() => location.hash === "#q=is&outcome=failure", { timeout: 2000 })
    .catch(() => null);
  expect(faults, kept, `examples.html: the address is ${page.url()}`);
  const [first] = [await page.evaluate(() => document.getElementById("count").textContent)];
  await page.reload();
  expect(
    faults,
    first === (await page.evaluate(() => document.getElementById("count").textContent)),
    "examples.html: the address gives another view",
  );
  if (await page.$(".opener")) {
    await page.focus(".opener");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await audit(page, "examples.html, one large", look);
    await useQuestion(page, faults, audit, look);
  }
  await page.close();
}

/** Opens the page of the question that is shown large: it shows this question alone. */
async function useQuestion(page, faults, audit, look) {
  const asked = await page.evaluate(() => document.getElementById("one-title").textContent);
  await Promise.all([page.waitForNavigation(), page.click("#one-page")]);
  const alone = () => [...document.querySelectorAll("article.asked")].filter((one) => one.checkVisibility());
  const titles = await page.evaluate(`(${alone})().map((one) => one.querySelector("h2").textContent)`);
  expect(faults, titles.length === 1 && titles[0] === asked, `questions: ${titles.length} shown, not only “${asked}”`);
  await audit(page, "a question alone", look);
  await Promise.all([page.waitForNavigation(), page.click("a.all")]);
  const all = await page.evaluate(`(${alone})().length`);
  expect(faults, all > 1, `questions: a link to all of the page shows ${all}`);
}

/** What a label needs is in the window: the picture, the question, the answer and the keys. */
const OUTSIDE = `["#image", "#question", "#answer", "[data-outcome=unscored]", "#forward"].filter((name) => {
  const { left, top, right, bottom, width } = document.querySelector(name).getBoundingClientRect();
  return !(width && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight);
})`;

async function useLabels(page, faults, audit, look) {
  for (const [width, height] of [[1280, 720], [360, 640]]) {
    await page.setViewport({ width, height });
    const outside = await page.evaluate(OUTSIDE);
    const tall = await page.evaluate(() => document.getElementById("image").clientHeight);
    expect(faults, !outside.length && tall > height / 4, `label.html at ${width} × ${height}: ${outside}, ${tall} px of picture`);
  }
  await audit(page, "label.html, rules open", look);
  for (const key of ["f", "c", "u", "i"]) await page.keyboard.press(key);
  const [count, disabled] = await page.evaluate(() =>
    ["count", "download"].map((id) => document.getElementById(id)).map((one) => one.disabled ?? one.textContent),
  );
  expect(faults, count.startsWith("2 of ") && !disabled, `label.html: after f, c, u, i it says ${count}`);
  await page.close();
}
