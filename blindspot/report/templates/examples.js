// Searches all questions. Texts of models are set as text, never as HTML.
const data = JSON.parse(byId("data").textContent);
const SHOWN = 48; // questions shown at once
const form = byId("filters");
const fields = ["q", "outcome", "by", "mode", "skill"];
const modeIds = data.modes.map(([id]) => id);
const skillNames = data.skills.map(([name]) => name);
const methods = data.methods.map(([key]) => key);
const rows = data.rows.map(([id, image, question, answer, reference, outcome, method, modes, skills, reason]) => ({
  id,
  image,
  question,
  answer,
  reference,
  outcome,
  method,
  modes,
  skills,
  reason,
  text: [id, data.images[image][0], question, answer, reference ?? ""].join("\n").toLowerCase(),
}));
const places = new Map(rows.map((row, index) => [row.id, index]));
let shown = []; // the rows found
let at = 0; // the page of the list
let waiting = 0;

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function fill(name, pairs) {
  form.elements[name].append(...pairs.map(([value, text]) => make("option", text, { value })));
}

function picture(row, image) {
  const [name, address] = data.images[row.image];
  image.alt = `Image ${name}`;
  page.draw(image, address);
  image.classList.toggle("tiny", address.endsWith(".png"));
  return image;
}

function find() {
  const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const [outcome, by, mode, skill] = [
    data.outcomes.indexOf(form.elements.outcome.value),
    methods.indexOf(form.elements.by.value),
    modeIds.indexOf(form.elements.mode.value),
    skillNames.indexOf(form.elements.skill.value),
  ];
  return rows.filter(
    (row) =>
      (outcome < 0 || row.outcome === outcome) &&
      (by < 0 || row.method === by) &&
      (mode < 0 || row.modes.includes(mode)) &&
      (skill < 0 || row.skills.includes(skill)) &&
      words.every((word) => row.text.includes(word)),
  );
}

function card(row) {
  const item = document.createElement("li");
  const outcome = data.outcomes[row.outcome];
  const opener = make("button", null, { type: "button", class: "opener", "aria-label": `Enlarge ${row.id}` });
  opener.append(picture(row, make("img", null, { loading: "lazy", decoding: "async" })));
  opener.addEventListener("click", () => enlarge(row));
  const said = make("dl", null);
  const wrong = outcome === "failure" ? "said" : outcome === "correct" ? "true" : "";
  for (const [name, text, kind] of [
    ["Model", row.answer || "(nothing)", wrong],
    ["True", row.reference ?? "unknown", row.reference === null ? "" : "true"],
  ]) {
    const line = make("div", null, { class: kind });
    line.append(make("dt", name), make("dd", text, { dir: "auto" }));
    said.append(line);
  }
  const caption = document.createElement("figcaption");
  const source = make("p", null, { class: "source" });
  source.append(make("span", outcome, { class: `outcome ${outcome}` }), ` ${data.methods[row.method][1]}`);
  caption.append(make("p", row.question || "(nothing)", { class: "question", dir: "auto" }), said, source);
  const figure = document.createElement("figure");
  figure.append(opener, caption);
  item.append(figure);
  return item;
}

/** Counts by outcome and the error rate. No interval: it would not hold for a selection that was chosen by its result. */
function summary() {
  const counts = data.outcomes.map((_, outcome) => shown.filter((row) => row.outcome === outcome).length);
  const named = data.outcomes.map((name, index) => {
    const plural = name === "failure" && counts[index] !== 1 ? "s" : "";
    return `${counts[index].toLocaleString("en-GB")} ${name}${plural}`;
  });
  const [failures, correct] = ["failure", "correct"].map((name) => counts[data.outcomes.indexOf(name)]);
  const valid = failures + correct;
  const share =
    valid && !form.elements.outcome.value
      ? `; error rate ${Math.round((failures / valid) * 100)}\u00a0%`
      : "";
  const mode = form.elements.mode.value ? " Questions that were used to fit the skills belong to no mode." : "";
  if (shown.length === 0) return "No question matches the filters.";
  const all = `${shown.length.toLocaleString("en-GB")} question${shown.length === 1 ? "" : "s"}`;
  return `${all}: ${named.join(", ")}${share}.${mode}`;
}

function show() {
  const pages = Math.max(1, Math.ceil(shown.length / SHOWN));
  at = Math.min(Math.max(at, 0), pages - 1);
  byId("results").replaceChildren(...shown.slice(at * SHOWN, (at + 1) * SHOWN).map(card));
  byId("count").textContent = summary();
  byId("at").textContent = `Page ${at + 1} of ${pages}`;
  byId("steps").hidden = pages === 1;
  byId("back").disabled = at === 0;
  byId("forward").disabled = at === pages - 1;
}

/** Writes the filters into the address. `id`: of the question that is shown large. */
function keep(id) {
  clearTimeout(waiting);
  const kept = new URLSearchParams();
  for (const name of fields) if (form.elements[name].value) kept.set(name, form.elements[name].value);
  if (at) kept.set("page", String(at + 1));
  if (id) kept.set("id", id);
  page.keep(kept);
}

function search() {
  at = 0;
  shown = find();
  show();
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(), 150); // browsers limit how often an address may change
}

{% include 'csv.js' %}

/** Saves the questions found, with the columns of lists/questions. */
function saveFound(ending) {
  const table = shown.map((row) => ({
    rollout_id: row.id,
    image_id: data.images[row.image][0],
    question: row.question,
    answer: row.answer,
    reference: row.reference,
    outcome: data.outcomes[row.outcome],
    method: methods[row.method],
    skills: row.skills.map((skill) => skillNames[skill]),
    reason: row.reason,
    modes: row.modes.map((mode) => modeIds[mode]),
  }));
  if (ending === "json") return save("questions.json", `${JSON.stringify(table, null, 1)}\n`, "application/json");
  const text = (value) => (Array.isArray(value) ? value.join("; ") : (value ?? ""));
  const lines = table.map((row) => Object.values(row).map(text));
  return save("questions.csv", csv([Object.keys(table[0] ?? { rollout_id: "" }), ...lines]), "text/csv");
}

/** The place of a question on the pages of questions, which show its prompts and raw replies. */
function addressOf(row) {
  const name = String(Math.floor(places.get(row.id) / data.per_page)).padStart(3, "0");
  return `questions/${name}.html#${encodeURIComponent(row.id)}`;
}

function enlarge(row) {
  byId("one-title").textContent = row.question || "(nothing)";
  picture(row, byId("one-image"));
  const facts = [
    ["Model", row.answer || "(nothing)"],
    ["True", row.reference ?? "unknown"],
    ["Outcome", data.outcomes[row.outcome]],
    ["Reason", row.reason],
    ["Asked by", data.methods[row.method][1]],
    ["Image", data.images[row.image][0]],
    ["Skills", row.skills.map((skill) => data.skills[skill][1]).join("; ")],
    ["Ask again", `blindspot ask ${row.id}`],
  ].filter(([, text]) => text);
  const lines = facts.map(([name, text]) => [make("dt", name), make("dd", text, { dir: "auto" })]);
  if (row.modes.length) {
    const modes = make("dd", null);
    for (const mode of row.modes) {
      const one = document.createElement("p");
      one.append(make("a", data.modes[mode][1], { href: page.address(`modes/${data.modes[mode][2]}.html`) }));
      modes.append(one);
    }
    lines.push([make("dt", "Failure mode"), modes]);
  }
  byId("one-facts").replaceChildren(
    ...lines.map((line) => {
      const group = document.createElement("div");
      group.append(...line);
      return group;
    }),
  );
  byId("one-link").href = page.link(`id=${encodeURIComponent(row.id)}`);
  byId("one-page").href = page.address(addressOf(row));
  byId("one-page").hidden = !page.has(addressOf(row));
  keep(row.id);
  if (!byId("one").open) byId("one").showModal();
}

function load() {
  const asked = new URLSearchParams(page.view());
  for (const name of fields) form.elements[name].value = asked.get(name) ?? "";
  for (const name of fields.slice(1)) if (form.elements[name].selectedIndex < 0) form.elements[name].value = "";
  at = (Number.parseInt(asked.get("page") ?? "1", 10) || 1) - 1;
  shown = find();
  show();
  const place = places.get(asked.get("id"));
  if (place !== undefined) enlarge(rows[place]);
  else if (byId("one").open) byId("one").close();
}

function turn(by) {
  at += by;
  keep();
  show();
  byId("count").scrollIntoView({ block: "start" });
  byId("results").querySelector("button")?.focus({ preventScroll: true });
}

fill(
  "outcome",
  data.outcomes.map((name) => [name, name]),
);
fill(
  "by",
  data.methods.map(([key, name]) => [key, name.toLowerCase()]),
);
fill(
  "mode",
  data.modes.map(([id, name]) => [id, name]),
);
fill(
  "skill",
  data.skills,
);
form.hidden = false;
form.addEventListener("input", search);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(search));
byId("save").hidden = !page.saves;
for (const button of byId("save").querySelectorAll("button"))
  button.addEventListener("click", () => saveFound(button.dataset.ending));
byId("back").addEventListener("click", () => turn(-1));
byId("forward").addEventListener("click", () => turn(1));
byId("one").addEventListener("close", () => keep());
page.listen(load);
load();
