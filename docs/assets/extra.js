// Lets the keyboard scroll wide code and tables, and names the search for screen readers.
document$.subscribe(() => {
  document.querySelectorAll("pre > code, .md-typeset__scrollwrap").forEach((one) => one.setAttribute("tabindex", "0"));
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
});
