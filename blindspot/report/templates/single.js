(() => {
"use strict";
// Shows one page of the report at a time, and gives the scripts of the pages their elements, views and pictures.
// After #, the address has a page (modes/x), a place on it (modes/x/failed), or a page with its view
// (examples?outcome=failure). A frame without an origin may have no address of its own, so the place is kept here too.
const pictures = JSON.parse(document.getElementById("pictures").textContent);
const alone = window === window.parent; // a frame may not save files
const listeners = new Map(); // what shows the view of a page
let place = location.hash.slice(1);
let current = null; // the page that is shown

const parts = () => {
  const [target, view] = place.split(/\?(.*)/s);
  return { target: target || "index", view: view ?? "" };
};

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function write(how, to) {
  place = to;
  try {
    history[how](null, "", `#${to}`);
  } catch {
    // the address of this frame cannot change
  }
}

function go(to) {
  if (to !== place) write("pushState", to);
  show();
}

function draw(image, address) {
  if (Object.hasOwn(pictures, address)) image.src = pictures[address];
  else image.removeAttribute("src");
}

function switchTo(page) {
  current = page.id;
  document.querySelector("dialog[open]")?.close();
  for (const one of document.querySelectorAll("main")) one.classList.toggle("shown", one === page);
  document.title = page.dataset.title;
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.getAttribute("href") === `#${page.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const image of page.querySelectorAll("img[data-picture]:not([src])")) draw(image, image.dataset.picture);
}

function show() {
  const { target, view } = parts();
  const element = document.getElementById(decoded(target)) ?? document.querySelector("main");
  const page = element.closest("main") ?? document.querySelector("main");
  const moved = page.id !== current;
  if (moved) switchTo(page);
  const asked = element.matches(".asked");
  page.classList.toggle("one", asked);
  for (const one of page.querySelectorAll(".asked.chosen")) one.classList.remove("chosen");
  if (asked) element.classList.add("chosen");
  if (moved || !view) scrollTo({ top: 0, behavior: "instant" });
  if (moved) page.focus({ preventScroll: true });
  listeners.get(page.id)?.();
  if (element !== page && !asked) element.scrollIntoView();
}

globalThis.reportPage = (script) => {
  const { id } = script.closest("main");
  const link = (view) => (String(view) ? `${id}?${view}` : id);
  return {
    find: (name) => document.getElementById(`${id}/${name}`),
    view: () => (parts().target === id ? parts().view : ""),
    keep: (view) => current === id && write("replaceState", link(view)),
    go: (view) => go(link(view)),
    listen: (shows) => listeners.set(id, shows),
    link: (view) => `#${link(view)}`,
    address: (path) => `#${path.replace(/^questions\/\d+\.html#/, "questions/").replace(/\.html$/, "")}`,
    has: (path) => document.getElementById(decoded(path.replace(/^questions\/\d+\.html#/, "questions/"))) !== null,
    draw,
    saves: alone,
  };
};

document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.getAttribute("href").slice(1));
});
addEventListener("popstate", () => {
  place = location.hash.slice(1);
  show();
});
addEventListener("DOMContentLoaded", () => {
  show();
});
})();
