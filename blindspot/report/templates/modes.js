// Sorts and filters the table of failure modes. The address has the choice.
const form = byId("choose");
const [body] = byId("modes-table").tBodies;
const rows = [...body.querySelectorAll("tr:not(.apart)")];
const headings = [...body.querySelectorAll("tr.apart")];
const all = [...body.children];
const names = ["sort", "status", "novelty"];
const number = (row, name) => (row.dataset[name] === "" ? -1 : Number(row.dataset[name]));

function show() {
  const [sort, status, novelty] = names.map((name) => form.elements[name].value);
  const ordered = sort ? [...rows].sort((one, other) => number(other, sort) - number(one, sort)) : all;
  body.replaceChildren(...ordered);
  let shown = 0;
  for (const row of rows) {
    row.hidden = (status && row.dataset.status !== status) || (novelty && row.dataset.novelty !== novelty);
    shown += !row.hidden;
  }
  for (const heading of headings) heading.hidden = Boolean(status || novelty);
  byId("chosen").textContent =
    shown === rows.length ? "" : `${shown} of ${rows.length} failure modes match.`;
}

function keep() {
  const chosen = new URLSearchParams(names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value));
  page.keep(chosen);
  show();
}

function read() {
  const chosen = new URLSearchParams(page.view());
  for (const name of names) {
    form.elements[name].value = chosen.get(name) ?? "";
    if (form.elements[name].selectedIndex < 0) form.elements[name].selectedIndex = 0;
  }
  show();
}

form.hidden = false;
form.addEventListener("change", keep);
page.listen(read);
read();
