"use strict";
// The labels are those of the first rows, and none is skipped, so that they stay a random sample.
const byId = (id) => document.getElementById(id);
const { key, rows, images } = JSON.parse(byId("data").textContent);
const OUTCOMES = { failure: "failure", correct: "correct", invalid: "invalid", unscored: "can’t say" };
const choices = [...document.querySelectorAll("[data-outcome]")];
let labels = []; // outcomes of the first rows
let past = []; // for undo: the row, and its label before
let at = 0;

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(key)) ?? [];
    if (Array.isArray(kept) && kept.length <= rows.length && kept.every((one) => Object.hasOwn(OUTCOMES, one))) labels = kept;
  } catch {
    byId("unkept").hidden = false;
  }
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(labels));
  } catch {
    byId("unkept").hidden = false;
  }
}

const last = () => Math.min(labels.length, rows.length - 1); // the first row without a label, or the last row

function show(said = "") {
  const row = rows[at];
  byId("image").src = images[row.image_id];
  byId("image").alt = `Image ${row.image_id}`;
  byId("question").textContent = row.question;
  byId("answer").textContent = row.answer || "(nothing)";
  for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.outcome === labels[at]));
  byId("back").disabled = at === 0;
  byId("forward").disabled = at >= last();
  byId("undo").disabled = past.length === 0;
  byId("download").disabled = labels.length === 0;
  byId("progress").value = labels.length;
  byId("count").textContent = `${labels.length} of ${rows.length} labelled` + (at < labels.length ? `, this is number ${at + 1}` : "");
  const done = labels.length === rows.length ? "All rollouts are labelled. Download the labels. " : "";
  byId("status").textContent = `${said}${done}${at + 1} of ${rows.length}. Question: ${row.question} Answer: ${row.answer}`;
}

function judge(outcome) {
  past.push({ at, before: labels[at] });
  labels[at] = outcome;
  keep();
  byId("rules").open = false;
  const said = `${OUTCOMES[outcome]}. `;
  at = Math.min(at + 1, last());
  show(said);
}

function undo() {
  const step = past.pop();
  if (!step) return;
  if (step.before === undefined) labels.pop();
  else labels[step.at] = step.before;
  at = step.at;
  keep();
  show("Undone. ");
}

function go(by) {
  at = Math.max(0, Math.min(at + by, last()));
  show();
}

{% include 'csv.js' %}

function download() {
  const columns = ["rollout_id", "image_id", "question", "answer"];
  const lines = labels.map((outcome, index) => [...columns.map((name) => rows[index][name]), outcome]);
  save("labels.csv", csv([[...columns, "outcome"], ...lines]), "text/csv");
}

const keys = { f: () => judge("failure"), c: () => judge("correct"), i: () => judge("invalid"), e: () => judge("unscored") };
Object.assign(keys, { ArrowLeft: () => go(-1), ArrowRight: () => go(1), u: undo });

document.addEventListener("keydown", (event) => {
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : keys[event.key.toLowerCase()];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  event.preventDefault();
  act();
});
for (const button of choices) button.addEventListener("click", () => judge(button.dataset.outcome));
byId("back").addEventListener("click", () => go(-1));
byId("forward").addEventListener("click", () => go(1));
byId("undo").addEventListener("click", undo);
byId("download").addEventListener("click", download);
byId("image").addEventListener("load", (event) => event.target.classList.toggle("tiny", event.target.naturalWidth <= 128));
load();
at = last();
show();
