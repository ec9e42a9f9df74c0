// How the script of a page finds its elements, and keeps its view (filters, selection) in the address. In report.html,
// where the pages are parts of one document, one.js provides the same.
const page = globalThis.reportPage?.(document.currentScript) ?? {
  find: (id) => document.getElementById(id),
  view: () => location.hash.slice(1),
  keep: (view) => history.replaceState(null, "", `#${view}`),
  go: (view) => (location.hash = view),
  listen: (show) => addEventListener("hashchange", show),
  link: (view) => `#${view}`,
  address: (path) => path,
  picture: (path) => path,
};
const byId = page.find;
