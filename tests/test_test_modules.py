"""Test modules share what they need through other modules."""

import ast

from flows.code_dependencies import ROOT, imported


def test_no_test_module_is_imported_by_another() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    found = {path.relative_to(ROOT).as_posix(): imported_tests(path.read_text("utf-8")) for path in files}
    assert found and {path: modules for path, modules in found.items() if modules} == {}


def test_every_form_of_an_import_is_seen() -> None:
    here = "tests.test_test_modules"
    for text in (f"import {here}", f"def f():\n    from {here} import x", "from tests import test_test_modules"):
        assert imported_tests(text) == {here}
    assert imported_tests("from tests.project import test_anything\nimport pytest") == set()


def imported_tests(text: str) -> set[str]:
    """Returns the test modules that a module with this text imports."""
    modules = {module for node in ast.walk(ast.parse(text)) for module in imported(node)}
    files = {module: ROOT / f"{module.replace('.', '/')}.py" for module in modules if module.startswith("tests.")}
    return {module for module, file in files.items() if file.name.startswith("test_") and file.is_file()}
