"""Validates the rows that a stage is about to write, with Great Expectations.

check(frame, ROLLOUT, docs := work_folder() / "docs" / Path.cwd().name / "harvest")
mlflow.log_artifacts(str(docs), "data_docs")
"""

import html
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.errors import BlindspotError

SHOWN = 3  # rows, and broken rules, that an error names
_OFFLINE = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' 'unsafe-inline' data: file:\">"


@dataclass(frozen=True)
class Suite:
    """The rules for one kind of row.

    `key`: the column that identifies a row in an error. `columns`: all columns, in order. `rules`: returns the
    Great Expectations expectations; a function, because importing the library takes seconds. `fewest`: rows.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rules: Callable[[], list[Any]]
    fewest: int = 1


def check(frame: pd.DataFrame, suite: Suite, docs: Path) -> None:
    """Validates every row and writes the Data Docs to the folder `docs` (`index.html`), valid or not.

    `docs` is replaced; it must be outside of DVC's outputs, because Data Docs contain timestamps. Raises
    BlindspotError that names rows, column and rule for the first SHOWN broken rules.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    _add_site(context, docs)
    rules = [
        gx.expectations.ExpectTableColumnsToMatchOrderedList(column_list=list(suite.columns)),
        gx.expectations.ExpectTableRowCountToBeBetween(min_value=suite.fewest),
    ]
    expected = context.suites.add(gx.ExpectationSuite(suite.name, expectations=rules + suite.rules()))
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset(suite.name)
    data = asset.add_batch_definition_whole_dataframe("all")
    definition = gx.ValidationDefinition(name=suite.name, data=data, suite=expected)
    result = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame},
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": _key(frame, suite)},
    )
    _escape_stored(context.validation_results_store)
    context.build_data_docs(site_names=["docs"])
    _keep_offline(docs)
    if not result.success:
        raise BlindspotError(f"{suite.name} rows break their rules: {_explain(result, suite)}", _fix(suite))


def _add_site(context: Any, docs: Path) -> None:
    shutil.rmtree(docs, ignore_errors=True)
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())},
    }
    context.add_data_docs_site("docs", site)


def _key(frame: pd.DataFrame, suite: Suite) -> list[str]:
    return [suite.key] if suite.key in frame.columns else []


def _escape_stored(store: Any) -> None:
    """Escapes stored values: the library renders them unescaped, and text from a model must not become HTML."""
    for key in store.list_keys():
        stored = store.get(key)
        for one in stored.results:
            one.result = _escape(one.result)
        store.set(key, stored)


def _escape(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {key: _escape(one) for key, one in value.items()}
    return [_escape(one) for one in value] if isinstance(value, list) else value


def _keep_offline(docs: Path) -> None:
    """Blocks the remote logo, scripts and styles that the pages load, with a Content-Security-Policy."""
    for page in docs.rglob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("<head>", f"<head>{_OFFLINE}", 1), encoding="utf-8")
    for film in (docs / "static" / "images").glob("*.gif"):  # 3 MB, shown only by the how-to buttons
        film.unlink()


def _explain(result: Any, suite: Suite) -> str:
    broken = [one for one in result.results if not one.success]
    # Wrong columns break every other rule too, so only they are named.
    first = [one for one in broken if one.expectation_config.type == "expect_table_columns_to_match_ordered_list"]
    named = [_sentence(one, suite) for one in (first or broken)[:SHOWN]]
    return "; ".join(named) + (f"; and {len(broken) - SHOWN} more" if not first and len(broken) > SHOWN else "")


def _sentence(one: Any, suite: Suite) -> str:
    """Returns, for example: rollout_id t-3, t-5 (2 rows): method 'x' breaks "to be in set ['trained', 'base']"."""
    config = one.expectation_config
    given = {key: value for key, value in config.kwargs.items() if value is not None}
    column = given.get("column") or " and ".join(str(given[key]) for key in ("column_A", "column_B") if key in given)
    rule = config.type.removeprefix("expect_").removeprefix("column_").removeprefix("values_").replace("_", " ")
    limits = [given[key] for key in ("value_set", "regex", "column_list", "min_value", "max_value") if key in given]
    rule = " ".join([rule, *map(str, limits)])
    rows = one.result.get("unexpected_index_list") or []
    if not rows:
        found = one.result.get("observed_value", "not checked")
        return f'{column or "the table"} breaks "{rule}" (found {found})'
    names = ", ".join(str(row.get(suite.key)) for row in rows[:SHOWN])
    values = ", ".join(repr(value) for value in one.result.get("unexpected_list", [])[:SHOWN])
    return f'{suite.key} {names} ({len(rows)} rows): {column} {values[:200]} breaks "{rule}"'


def _fix(suite: Suite) -> str:
    file = f"{suite.rules.__module__.replace('.', '/')}.py"
    return f"nothing was written; fix the code that made these rows (rules: {file})"
