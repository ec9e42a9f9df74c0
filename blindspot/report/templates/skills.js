// Zooms the map. All content is on the page already; the address after # names the group or the skill.
const map = byId("map");
const details = new Map([...document.querySelectorAll("details.skill")].map((one) => [one.dataset.skill, one]));
const HEAT = [0.05, 0.1, 0.25, 0.5, 0.75];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const WHOLE = "--x:0%;--y:0%;--w:100%;--h:100%";

const groups = [...map.children].map((element) => ({
  element,
  title: element.querySelector(".title"),
  name: element.dataset.name,
  box: element.getAttribute("style"),
  tiles: [...element.querySelectorAll(".tile")].map((tile) => {
    const link = tile.querySelector("a");
    const name = tile.dataset.name;
    return { tile, link, name, box: tile.getAttribute("style"), about: details.get(name).dataset };
  }),
}));

function state() {
  const asked = new URLSearchParams(page.view());
  const skill = details.has(asked.get("skill")) ? asked.get("skill") : null;
  const name = skill ? details.get(skill).dataset.group : asked.get("group");
  return { skill, group: groups.find((group) => group.name === name) ?? null };
}

function link(text, view, current) {
  const made = document.createElement("a");
  made.href = page.link(view);
  made.textContent = text;
  if (current) made.setAttribute("aria-current", "location");
  return made;
}

function show() {
  const { skill, group } = state();
  for (const one of groups) {
    one.element.hidden = group !== null && one !== group;
    one.element.setAttribute("style", one === group ? WHOLE : one.box);
    for (const { tile, link: own, name, box, about } of one.tiles) {
      tile.setAttribute("style", one === group ? about.zoomed : box);
      if (name === skill) own.setAttribute("aria-current", "true");
      else own.removeAttribute("aria-current");
    }
  }
  map.classList.toggle("zoomed", group !== null);
  const trail = [link("All skills", "", !group)];
  if (group) trail.push(link(group.title.textContent, `group=${encodeURIComponent(group.name)}`, !skill));
  if (skill) trail.push(link(details.get(skill).dataset.title, `skill=${encodeURIComponent(skill)}`, true));
  byId("trail").replaceChildren(...trail);
  open(skill);
}

function open(skill) {
  const panel = byId("panel");
  panel.hidden = skill === null;
  if (skill === null) return;
  const title = document.createElement("h3");
  title.replaceChildren(...details.get(skill).querySelector(".name").cloneNode(true).childNodes);
  panel.replaceChildren(title, details.get(skill).querySelector(".body").cloneNode(true));
  panel.focus({ preventScroll: true });
  if (panel.getBoundingClientRect().top > innerHeight * 0.85) panel.scrollIntoView({ block: "nearest" });
}

function colour(by) {
  for (const { tile, link: own, name, about } of groups.flatMap((group) => group.tiles)) {
    const [wrong, asked] = about[by].split("/").map(Number);
    const shade = HEAT.filter((step) => asked && wrong / asked >= step).length;
    tile.className = asked ? `tile heat-${shade}` : "tile unasked";
    const figure = own.querySelector("b");
    figure.firstChild.textContent = asked ? `${Math.round((wrong / asked) * 100)}\u00a0%` : "not asked";
    figure.querySelector("i").textContent = asked ? ` of ${asked} wrong` : "";
    own.title = `${details.get(name).dataset.title} (${name}): ${wrong} of ${asked} wrong`;
  }
}

function up() {
  const { skill, group } = state();
  const from = skill ? group.tiles.find((tile) => tile.name === skill).link : group?.title;
  page.go(skill ? `group=${encodeURIComponent(group.name)}` : "");
  from?.focus();
}

/** The link whose centre is nearest in a direction; a distance across the direction counts double. */
function nearest(from, [x, y]) {
  const middle = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [left, top] = middle(from);
  const distances = [...map.querySelectorAll("a")]
    .filter((one) => one !== from && one.offsetParent)
    .map((one) => {
      const [dx, dy] = middle(one).map((place, axis) => place - (axis ? top : left));
      const along = dx * x + dy * y;
      return { one, far: along > 1 ? along + 2 * Math.abs(dx * y + dy * x) : Infinity };
    });
  return distances.reduce((best, next) => (next.far < best.far ? next : best), { one: from, far: Infinity }).one;
}

map.addEventListener("keydown", (event) => {
  if (!ARROWS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  nearest(event.target, ARROWS[event.key]).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state().group) up();
});
const chosen = byId("by").querySelector("select");
chosen.addEventListener("change", () => colour(chosen.value));
byId("by").hidden = false;
if (chosen.value !== "all") colour(chosen.value); // browsers keep the choice when a page is reloaded
page.listen(show);
if (page.view() !== "list") show();
