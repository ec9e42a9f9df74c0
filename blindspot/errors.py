"""Runs a command: answers --help, and reports each failure as one line that names the problem and the fix."""

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from blindspot.telemetry import disable_telemetry

TRACEBACK = "BLINDSPOT_TRACEBACK"
#: Messages for a full disk where the error number is lost: from safetensors and shutil, SQLite, torch.save.
FULL_DISK = ("No space left on device", "database or disk is full", "basic_ios::clear: iostream error")


#: Error numbers of a path that cannot be used as it is.
UNUSABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
LONGEST_NAME = 100  # characters of a path in a message


class BlindspotError(Exception):
    """An error that the user can fix. `str(error)` is one line: the problem, then the fix."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{' '.join(problem.split())}: {' '.join(fix.split())}")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Puts `name`, such as that of a parameter, before the message of a BlindspotError that lacks it.

    A path that cannot be used becomes a BlindspotError.
    """
    try:
        yield
    except BlindspotError as error:
        if name not in str(error):
            error.args = (f"{name}: {error}",)
        raise
    except OSError as error:
        if error.errno not in UNUSABLE or error.filename is None:
            raise
        raise BlindspotError(name, str(unusable(error))) from None


def unusable(error: OSError) -> BlindspotError:
    """Returns the error for a path that cannot be used, such as one without permission."""
    path = str(error.filename)
    shown = path if len(path) <= LONGEST_NAME else f"{path[:LONGEST_NAME]}…"
    return BlindspotError(f"{shown} cannot be used ({error.strerror})", "name another path, or change its permissions")


class UnreadableImage(Exception):
    """An image that can be skipped. `str(error)` says what is wrong with it and is printed after its name."""


def run(main: Callable[[], None], takes_arguments: bool = False, code: int = 1) -> None:
    """Runs the `main` function of a module; any failure becomes one line on stderr and the exit code `code`.

    Without `takes_arguments`, `run` itself answers --help with the module's docstring, and refuses other arguments.
    With it, `main` parses the command line. With BLINDSPOT_TRACEBACK=1 in the environment the traceback is printed as
    well.
    """
    if not takes_arguments:
        _refuse_arguments(main)
    disable_telemetry()
    try:
        main()
    except KeyboardInterrupt:
        raise
    except Exception as error:  # noqa: BLE001 - the one place where every failure becomes a line for the user
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        print(f"error: {_line(error)}", file=sys.stderr)
        sys.exit(code)


def _refuse_arguments(main: Callable[[], None]) -> None:
    """Prints the usage and exits where the command line has arguments: with code 0 for --help, else with code 2."""
    module = sys.modules[main.__module__]
    argparse.ArgumentParser(
        prog=f"python -m {module.__spec__.name}" if module.__spec__ else None,
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()


def _line(error: Exception) -> str:
    chain = [*_chain(error)]
    for one in chain:
        if _is_full_disk(one):
            where = next((name for name in (getattr(e, "filename", None) for e in chain) if name), "output")
            return f"the disk is full while writing {where}: free some space, then run again"
    if isinstance(error, BlindspotError):
        return str(error)
    if isinstance(error, OSError) and error.errno in UNUSABLE and error.filename is not None:
        return str(unusable(error))
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]} (set {TRACEBACK}=1 for the traceback)"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes: the last error may come from a library that failed to clean up."""
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
