// How the script of a page finds its elements, and keeps its view (filters, selection) in the address. In report.html,
// where the pages are parts of one document, single.js provides the same.
const page = globalThis.reportPage?.(document.currentScript) ?? {
  find: (id) => document.getElementById(id),
  view: () => location.hash.slice(1),
  keep: (view) => history.replaceState(null, "", `#${view}`),
  go: (view) => (location.hash = view),
  listen: (show) => addEventListener("hashchange", show),
  link: (view) => `#${view}`,
  address: (path) => path,
  has: () => true,
  draw: (image, path) => (image.src = path),
  saves: true,
};
const byId = page.find;
