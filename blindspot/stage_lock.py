"""Lets one process at a time run a stage in a folder."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

from filelock import FileLock, Timeout

from blindspot.errors import BlindspotError
from blindspot.store import is_main_process, work_folder


def exclusive(main: Callable[[], None]) -> Callable[[], None]:
    """Decorates the `main` function of a stage: it holds the lock of the stage. The first rank holds it for all."""

    @wraps(main)
    def locked() -> None:
        module = sys.modules[main.__module__]
        name = module.__spec__.name if module.__spec__ else main.__module__
        if not is_main_process():
            main()
            return
        with stage_lock(name.rpartition(".")[2]):
            main()

    return locked


@contextmanager
def stage_lock(stage: str) -> Iterator[None]:
    """Holds the lock of a stage in the present folder. Raises BlindspotError naming the process that holds it.

    A stage can outlive the `dvc` that started it, if that is killed. Without the lock, both would write the outputs.
    """
    here = hashlib.sha256(str(Path.cwd()).encode()).hexdigest()[:12]
    path = work_folder() / "locks" / f"{stage}-{here}.lock"
    path.parent.mkdir(exist_ok=True)
    holder = path.with_suffix(".pid")
    try:
        with FileLock(path, timeout=0):
            holder.write_text(str(os.getpid()), encoding="ascii")
            yield
            holder.unlink(missing_ok=True)
    except Timeout:
        number = holder.read_text(encoding="ascii") if holder.is_file() else "unknown"
        raise BlindspotError(
            f"the stage {stage} already runs in {Path.cwd()} (process {number})",
            f"wait until it ends, or end it with `kill {number}`, then run again",
        ) from None
