"""Hooks of MkDocs: adds the pages that are generated from the code, and lets pages link to files of the repository.

`mkdocs.yml` names this file. The functions have the names under which MkDocs calls them.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
AT_ROOT = (
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
)  # pages of the site that lie in the root of the repository
TROUBLESHOOTING = ROOT / "docs/troubleshooting.md"
MESSAGES = "<!-- messages -->"  # where troubleshooting.md gets the table of messages
WORKER = "https://unpkg.com/iframe-worker/shim"  # the plugin `offline` names it; the site has a copy of its own
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")  # not of a picture


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Adds the generated pages and those of AT_ROOT."""
    from mkdocs.structure.files import File

    from flows.reference.commands import commands_page
    from flows.reference.parameters import parameters_page

    pages = {name: (ROOT / name).read_text("utf-8") for name in AT_ROOT}
    pages["reference/parameters.md"] = parameters_page()
    pages["reference/commands.md"] = commands_page()
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Adds the table of messages to its page, and adapts the links to files outside `docs`."""
    if page.file.src_uri == TROUBLESHOOTING.name:
        markdown = troubleshooting_page()
    return site_links(markdown, page.file.src_uri)


def troubleshooting_page() -> str:
    """Returns the page Troubleshooting with the tables of messages."""
    from flows.reference.messages import messages_section

    return TROUBLESHOOTING.read_text("utf-8").replace(MESSAGES, messages_section())


def on_post_build(config: "MkDocsConfig") -> None:
    """Makes every page load the site's own copy of WORKER."""
    site = Path(config.site_dir)
    for path in site.rglob("*.html"):
        own = "../" * (len(path.relative_to(site).parts) - 1) + "assets/iframe-worker.js"
        path.write_text(path.read_text("utf-8").replace(WORKER, own), "utf-8")


def site_links(markdown: str, source: str) -> str:
    """Returns the Markdown with links that work in the site.

    A link whose text is the name of a page gets the title of the page as its text. A link to a file of the repository
    that is no page becomes its text. `source`: path of the page, relative to `docs`.
    """
    folder = ROOT if source in AT_ROOT else (ROOT / "docs" / source).parent

    def link(found: re.Match[str]) -> str:
        text, path, anchor = found[1], found[2], found[3] or ""
        target = (folder / path).resolve()
        page = _page(target)
        if page is None:
            return text if target.exists() and not target.is_relative_to(ROOT / "docs") else found[0]
        if text.removeprefix("docs/") == page.name or text == path:
            text = _title(target) or text
        return f"[{text}]({'../' * source.count('/')}{page.as_posix()}{anchor})"

    return LINK.sub(link, markdown)


def _page(path: Path) -> Path | None:
    """Returns the path of a page in the site, None if the file is no page. The page may be generated."""
    for root, is_page in ((ROOT / "docs", path.suffix == ".md"), (ROOT, path.name in AT_ROOT)):
        if is_page and path.is_relative_to(root):
            return path.relative_to(root)
    return None


def _title(path: Path) -> str:
    """Returns the first heading of a page, empty for a generated page."""
    found = re.match(r"# (.+)", path.read_text("utf-8")) if path.is_file() else None
    return found[1] if found else ""
