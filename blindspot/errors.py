"""What a user reads when something is wrong: one line that names the thing and the mend."""

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator

from blindspot.telemetry import disable_telemetry

TRACEBACK = "BLINDSPOT_TRACEBACK"
#: How a full disk reads where the error number is lost: safetensors, shutil; SQLite; torch.save.
FULL_DISK = ("No space left on device", "database or disk is full", "basic_ios::clear: iostream error")


class BlindspotError(Exception):
    """Something the user can mend. `str(error)` is one line."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{' '.join(what.split())}: {' '.join(mend.split())}")


class UnreadableImage(Exception):
    """An image that can be left out. `str(error)` says what is wrong with it, to stand behind its name."""


def run(main: Callable[[], None], restore: str | None = None) -> None:
    """Runs a command's `main`; any failure becomes one line on stderr and exit code 1.

    `restore`: the command that brings the former output back, named in the line. With BLINDSPOT_TRACEBACK=1 in the
    environment the traceback is printed as well.
    """
    disable_telemetry()
    try:
        main()
    except KeyboardInterrupt:
        raise
    except Exception as error:  # noqa: BLE001 - the one place where every failure becomes a line for the user
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        hint = f" (the former output: `{restore}`)" if restore else ""
        print(f"error: {_line(error)}{hint}", file=sys.stderr)
        sys.exit(1)


def _line(error: Exception) -> str:
    chain = [*_chain(error)]
    for one in chain:
        if _is_full_disk(one):
            where = next((name for name in (getattr(e, "filename", None) for e in chain) if name), "output")
            return f"the disk is full while writing {where}: free some space, then run again"
    if isinstance(error, BlindspotError):
        return str(error)
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]} (set {TRACEBACK}=1 for the traceback)"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those it came from: what is last seen may be a library's failure to clean up."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(error) for words in FULL_DISK)
