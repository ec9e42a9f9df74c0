"""Faults of a YAML file that any file of a user can have: of params.yaml, a description, prompts, a recipe, a list."""

from tests.bad_input.bad import Bad, Change, both, folder, nothing, setting, writing

DEEP = "[" * 3000
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)
#: content, and what the error says of it
TEXTS: dict[str, tuple[str | bytes, str]] = {
    "no UTF-8": ("kind: none # é".encode("latin-1"), "is not UTF-8 (byte"),
    "UTF-16": ("kind: none\n".encode("utf-16"), "is not UTF-8 (byte"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8 (byte"),
    "a NUL": (b"kind: no\x00ne\n", "is not YAML"),
    "an open bracket": ("kind: [1, 2\n", "is not YAML (line 2"),
    "an open quote": ('kind: "none\n', "is not YAML (line 2"),
    "a tab": ("kind:\n\tnone\n", "is not YAML (line 2"),
    "two documents": ("kind: none\n---\nkind: none\n", "is not YAML (line 2"),
    "an unknown alias": ("kind: *none\n", "is not YAML (line 1"),
    "a Python object": ("kind: !!python/object/apply:os.system [ls]\n", "is not YAML (line 1"),
    "an impossible date": ("kind: 2024-13-45\n", "is not YAML"),
    "a number of 5,000 digits": (f"kind: {'9' * 5000}\n", "is not YAML"),
    "a repeated key": ("kind: none\nkind: local\n", "kind is repeated (lines 1 and 2): keep one"),
    "a repeated key in quotes": ("kind: none\n'kind': none\n", "kind is repeated (lines 1 and 2): keep one"),
    "a repeated key below": ("x:\n  y: 1\n  z: 2\n  y: 3\n", "x.y is repeated (lines 2 and 4): keep one"),
    "a repeated key in a list": ("x:\n- y: 1\n  y: 2\n", "x.0.y is repeated"),
    "many levels": (DEEP, "too many levels"),
    "an alias of itself": ("x: &x [*x]\n", "an alias of itself"),
    "a bomb of aliases": (LAUGHS, "more than 100,000 values"),
    "two megabytes": ("# " + "x" * 2_000_000, "more than 1,000,000 bytes"),
    "infinity": ("x: .inf\n", "x: inf is not a finite number"),
    "no number": ("x:\n  y: [1, .nan]\n", "x.y.1: nan is not a finite number"),
    "half of a surrogate pair": ('x: "\\ud800"\n', "x: '\\ud800' has a character that is not text"),
    "an escaped NUL": ('x: "a\\0b"\n', "x: 'a\\x00b' has a character that is not text"),
    "an odd key": ('"a\\0b": 1\n', "the key 'a\\x00b' has a character that is not text"),
}
OTHER_IN_1_2 = ("an impossible date", "a Python object", "half of a surrogate pair")  # a recipe is read as YAML 1.2
#: what the file is, the file, the change that names it, and the command that reads it
FILES: dict[str, tuple[str, Change, str, tuple[str, ...]]] = {
    "params": ("params.yaml", nothing, "stages.prepare", ()),
    "description": ("model.yaml", setting("candidate.model", "model.yaml"), "stages.explore", ()),
    "prompts": ("mine.yaml", setting("candidate.prompts", "mine.yaml"), "stages.explore", ()),
    "recipe": ("recipe.yaml", nothing, "flows.config", ("-R", "recipe.yaml")),
    "documented": ("known.yaml", setting("taxonomy.documented", "known.yaml"), "stages.taxonomy", ()),
}
ROWS = [
    Bad(f"{kind}: {name}", both(named, writing(file, content)), (file, said), command, arguments)
    for kind, (file, named, command, arguments) in FILES.items()
    for name, (content, said) in TEXTS.items()
    if not (kind == "recipe" and name in OTHER_IN_1_2)
]
ROWS += [
    Bad(f"{kind}: {name}", both(named, change), (file, said), command, arguments)
    for kind, (file, named, command, arguments) in FILES.items()
    for name, change, said in (
        ("a folder", folder(file), "is a folder"),
        ("missing", lambda project, file=file: (project / file).unlink(missing_ok=True), "does not exist"),
        ("empty", writing(file, ""), ""),
        ("a list of one text", writing(file, "- x\n"), ""),
        ("a text", writing(file, "x"), ""),
    )
    if not (kind == "documented" and name == "empty")
]
