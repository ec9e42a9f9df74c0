"""Loads classes that extend Blindspot, from the folder extensions/ or from an installed package (CONTRIBUTING.md)."""

import hashlib
import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.kinds import SUFFIX, installed

FOLDER = Path("extensions")  # the stages depend on it
SHOWN = 300  # characters of an error
_GUIDE = "“Extend Blindspot” in CONTRIBUTING.md has an example"


def load(kind: str, seam: str, *protocols: type) -> type[Any]:
    """Returns the class that a kind names.

    `kind`: an entry point of the group blindspot.<seam>, a dotted path, or the path of a Python file that defines one
    public class. `protocols`: the class needs the methods of one of them. Raises BlindspotError that names what is
    missing or wrong.
    """
    if kind in installed(seam):
        found = _imported(f"entry point {kind}", installed(seam)[kind].load)
    elif kind.endswith(SUFFIX):
        found = _only_class(kind, _module_in(Path(kind)))
    else:
        name, _, attribute = kind.rpartition(".")
        module = _module(name)
        found = getattr(module, attribute, None)
        if found is None:
            raise BlindspotError(f"{kind}: {_file(module)} has no class {attribute}", _named(_public(module)))
    if not inspect.isclass(found):
        raise BlindspotError(f"{kind} is not a class", _GUIDE)
    if protocols and all(_absent(found, one) for one in protocols):
        ways = [f"{', '.join(_absent(found, one))} ({one.__name__})" for one in protocols]
        raise BlindspotError(f"{kind} lacks the method {' or '.join(ways)}", _GUIDE)
    return found


def make(kind: str, seam: str, protocols: tuple[type, ...], *arguments: object, **options: object) -> Any:
    """Returns an object of the class that a kind names, made with these arguments.

    Its identity, if a protocol has one, gets a digest of the file of the class and of the options. Raises
    BlindspotError as `load` does, and if the arguments do not fit, or the constructor fails.
    """
    found = load(kind, seam, *protocols)
    try:
        inspect.signature(found).bind(*arguments, **options)
    except TypeError as error:
        given = ", ".join([*(type(one).__name__ for one in arguments), *options]) or "no arguments"
        problem = f"{kind}: {found.__name__}{inspect.signature(found)} cannot be made with {given} ({error})"
        raise BlindspotError(problem, _GUIDE) from None
    made = _imported(kind, lambda: found(*arguments, **options), "cannot be made")
    fitting = next(one for one in protocols if not _absent(found, one))
    if missing := [name for name in _attributes(fitting) if not hasattr(made, name)]:
        raise BlindspotError(f"{kind} lacks the attribute {', '.join(missing)} ({fitting.__name__})", _GUIDE)
    if "identity" in _attributes(fitting):
        _identify(made, kind, options)
    return made


def _identify(made: Any, kind: str, options: dict[str, object]) -> None:
    """Adds to the identity a digest of the file of the class and of the options: what is stored tells them apart."""
    source = Path(inspect.getfile(type(made))).read_bytes() + json.dumps(options, sort_keys=True).encode()
    try:
        made.identity = f"{made.identity}@{hashlib.sha256(source).hexdigest()[:16]}"
    except AttributeError:
        raise BlindspotError(f"{kind}: its identity cannot be set", "write it as a plain attribute") from None


def _module(name: str) -> ModuleType:
    """Imports a module, from the current folder first. Raises BlindspotError if it is missing or broken."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)  # `python -m` does that, a console script does not
    path, own = Path(*name.split(".")).with_suffix(SUFFIX), name.split(".")[0] == FOLDER.name
    missing = BlindspotError(
        f"there is no module {name}" + (f" ({path} does not exist)" if own else ""),
        _named([str(one) for one in sorted(FOLDER.glob(f"*{SUFFIX}"))]) if own else "install its package",
    )
    if own and not path.is_file() and not path.with_suffix("").is_dir():
        raise missing  # otherwise a file of another checkout in sys.path might be used
    try:
        found: ModuleType = _imported(name, lambda: importlib.import_module(name))
    except ModuleNotFoundError:
        raise missing from None
    return found


def _module_in(path: Path) -> ModuleType:
    """Imports a Python file; one below the current folder by its dotted name. Raises BlindspotError as `_module`."""
    if not path.is_file():
        raise BlindspotError(f"{path} does not exist", "name a file in extensions/")
    parts = path.with_suffix("").parts
    if all(part.isidentifier() for part in parts):
        return _module(".".join(parts))
    name = f"extension_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # of a file with the suffix of Python
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    _imported(str(path), partial(spec.loader.exec_module, module))
    return module


def _imported(name: str, action: Callable[[], Any], failed: str = "cannot be imported") -> Any:
    """Returns what `action` returns. Any error of the extension's code becomes a BlindspotError that names it.

    Raises ModuleNotFoundError only if the module `name` itself is missing.
    """
    try:
        return action()
    except BlindspotError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise
        problem = f"{name} {failed} ({type(error).__name__}: {str(error)[:SHOWN]})"
        raise BlindspotError(problem, "correct the file, or install what it imports") from error


def _only_class(kind: str, module: ModuleType) -> type[Any]:
    names = _public(module)
    if len(names) != 1:
        problem = f"{kind} defines {len(names)} public classes{f' ({names})' if names else ''}"
        fix = "define one, or name one of them in a YAML file, such as kind: extensions.mine.Mine"
        raise BlindspotError(problem, fix)
    found: type[Any] = getattr(module, names[0])
    return found


def _public(module: ModuleType) -> list[str]:
    """Returns the names of the public classes that a module defines."""
    own = [name for name, one in vars(module).items() if inspect.isclass(one) and one.__module__ == module.__name__]
    return [name for name in own if not name.startswith("_")]


def _named(names: list[str]) -> str:
    return f"name one of {', '.join(names)}" if names else _GUIDE


def _file(module: ModuleType) -> str:
    return str(module.__file__ or module.__name__)


def _members(protocol: type) -> dict[str, Any]:
    """Returns what a protocol and its bases define, without what every protocol has."""
    bases = [one for one in protocol.__mro__ if getattr(one, "_is_protocol", False) and one.__module__ != "typing"]
    found: dict[str, Any] = {}
    for one in bases:
        found |= dict.fromkeys(inspect.get_annotations(one)) | dict(vars(one))
    return {name: value for name, value in found.items() if not name.startswith("_")}


def _attributes(protocol: type) -> list[str]:
    return [name for name, value in _members(protocol).items() if not inspect.isfunction(value)]


def _absent(found: type[Any], protocol: type) -> list[str]:
    """Returns the methods of a protocol that a class lacks."""
    methods = [name for name, value in _members(protocol).items() if inspect.isfunction(value)]
    return [name for name in methods if not callable(getattr(found, name, None))]
