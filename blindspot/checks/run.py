"""Checks a frame against a suite with Great Expectations, before it is handed over.

A stage calls it with the rows that it is about to write:

    check(frame, ROLLOUT, docs := work_folder() / "docs" / Path.cwd().name / "harvest")
    mlflow.log_artifacts(str(docs), "data_docs")
"""

import html
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.checks.suite import Suite
from blindspot.errors import BlindspotError

SHOWN = 3  # rows, and breaches, named in an error
_OFFLINE = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' 'unsafe-inline' data: file:\">"


def check(frame: pd.DataFrame, suite: Suite, docs: Path) -> None:
    """Validates every row and leaves the Data Docs in the folder `docs` (`index.html`), breach or not.

    Data Docs carry timestamps, so `docs` must lie outside DVC's outputs. It is replaced. Raises BlindspotError naming
    rows, column and rule of the first SHOWN breaches.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    _add_site(context, docs)
    rules = [
        gx.expectations.ExpectTableColumnsToMatchOrderedList(column_list=list(suite.columns)),
        gx.expectations.ExpectTableRowCountToBeBetween(min_value=1),
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
        raise BlindspotError(f"{suite.name} rows break their rules: {_explain(result, suite)}", _mend(suite))


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
    """Text from a model must not become HTML: the library renders values as they are."""
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
    """The pages load a logo with a timestamp, scripts and styles from servers: a browser that opens them mustn't."""
    for page in docs.rglob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("<head>", f"<head>{_OFFLINE}", 1), encoding="utf-8")
    for film in (docs / "static" / "images").glob("*.gif"):  # 3 MB that only the how-to buttons show
        film.unlink()


def _explain(result: Any, suite: Suite) -> str:
    broken = [one for one in result.results if not one.success]
    # Where columns are amiss every other rule trips over them.
    first = [one for one in broken if one.expectation_config.type == "expect_table_columns_to_match_ordered_list"]
    said = [_sentence(one, suite) for one in (first or broken)[:SHOWN]]
    return "; ".join(said) + (f"; and {len(broken) - SHOWN} more" if not first and len(broken) > SHOWN else "")


def _sentence(one: Any, suite: Suite) -> str:
    """Such as: rollout_id t-3, t-5 (2 rows): method "psychic" breaks "to be in set ['trained', 'base']"."""
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


def _mend(suite: Suite) -> str:
    return f"nothing was written; mend what made these rows (the rules: blindspot/checks/{suite.name}.py)"
