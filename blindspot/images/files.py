"""Image files that a folder, a table or a COCO file lists."""

import errno
import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from blindspot.errors import BlindspotError
from blindspot.images.tables import shown


class Listed(NamedTuple):
    """A file that a list names. `where`: the row, as the user knows it. `problem`: why it cannot be used, or None."""

    where: str
    name: str
    problem: str | None = None


class Found(NamedTuple):
    """A file that a list names: its path, or why there is none."""

    path: Path | None
    problem: str | None = None


def walk(folder: Path, refused: Callable[[Path, str], None] = lambda path, reason: None) -> Iterator[Path]:
    """Yields all files below a folder except hidden ones. Links to folders are not followed, and are yielded.

    `refused` is called for each folder that cannot be read, with the reason.
    """

    def report(error: OSError) -> None:
        refused(Path(error.filename or folder), error.strerror or str(error))

    for parent, folders, files in os.walk(folder, onerror=report):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        yield from (Path(parent, name) for name in sorted([*files, *links]) if not name.startswith("."))


def find_files(folder: Path, listed: Sequence[Listed], named_in: Path) -> list[Found]:
    """Finds the files that `named_in` lists by name, relative to the folder or absolute.

    A name is also found with backslashes, blanks around it, the folder's own name in front, letters of the other case
    or accents that are composed in another way. A file that is missing has a problem. Raises BlindspotError if the
    folder is missing, if at least half of the files have problems, or if a file is outside the folder after following
    links: a downloaded list must not reach other files of this machine.
    """
    if not folder.is_dir():
        raise BlindspotError(f"image folder {folder} does not exist", "set prepare.folder")
    files = _Files(folder, named_in)
    found = [Found(None, one.problem) if one.problem else files.find(one.name) for one in listed]
    bad = [(one, at) for one, at in zip(listed, found, strict=True) if at.problem]
    if 2 * len(bad) < len(listed) or not bad:
        return found
    one, at = bad[0]
    if at.problem == MISSING:
        raise BlindspotError(
            f"{named_in} names {shown(one.name)}, which is missing "
            f"({len(bad):,} of its {len(listed):,} images are not in {folder})",
            "set prepare.folder to their folder, add the files, or remove their rows",
        )
    raise BlindspotError(
        f"{named_in} cannot be read ({one.where} {at.problem}; {len(bad):,} of {len(listed):,} rows)",
        "fix or remove these rows",
    )


def refuse_outside(link: Path, folder: Path) -> None:
    """Raises BlindspotError if a link leads out of the folder."""
    _require_inside(link, folder.resolve(), f"image {shown(link)} is a link that")


MISSING = "names a file that is missing"


class _Files:
    """Finds files of a folder by name."""

    def __init__(self, folder: Path, named_in: Path) -> None:
        self.folder, self.named_in, self._root = folder, named_in, folder.resolve()

    def find(self, name: str) -> Found:
        variants = self._variants(name)
        for variant in variants:
            try:
                os.fsencode(variant)
            except UnicodeEncodeError:
                return Found(None, "names a file with characters that no file name has")
            path = _require_inside(self.folder / variant, self._root, f"{self.named_in} names {shown(name)}, which")
            if _exists(path):
                return Found(path)
        for variant in variants:
            wanted = unicodedata.normalize("NFC", os.path.normpath(variant))
            alike = self._by_letters.get(wanted.casefold(), [])
            same = [one for one in alike if unicodedata.normalize("NFC", one) == wanted] or alike
            if len(same) == 1:
                return Found(
                    _require_inside(self.folder / same[0], self._root, f"{self.named_in} names {name}, which")
                )
        return Found(None, MISSING)

    def _variants(self, name: str) -> list[str]:
        slashed = name.strip().replace("\\", "/")
        variants = [name, name.strip(), slashed]
        start, _, rest = slashed.removeprefix("./").partition("/")
        if rest and start == self.folder.resolve().name:
            variants.append(rest)
        return [*dict.fromkeys(variants)]

    @cached_property
    def _by_letters(self) -> dict[str, list[str]]:
        """The names of all files by their letters: composed, in lower case."""
        names = defaultdict(list)
        for path in walk(self.folder):
            name = path.relative_to(self.folder).as_posix()
            names[unicodedata.normalize("NFC", name).casefold()].append(name)
        return names


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def _require_inside(path: Path, root: Path, subject: str) -> Path:
    try:
        if path.resolve().is_relative_to(root):
            return path
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # there is no such file
            return path
    except (ValueError, RuntimeError):  # an invalid name, or a loop of links
        pass
    raise BlindspotError(f"{subject} leads out of {root}", "set prepare.folder to a folder that contains all images")
