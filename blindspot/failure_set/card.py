"""Renders the data card of the failure set: README.md with the front matter that `datasets` and the hub read."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blindspot.failure_set.lmms_eval import TASK
from blindspot.failure_set.select import FailureSet
from blindspot.failure_set.table import FIELDS
from blindspot.failure_set.vlmevalkit import NAME, NO_MODE
from blindspot.metrics import percent
from blindspot.records.asker import Askers
from blindspot.records.rollout import METHODS

TEMPLATES = Path(__file__).with_name("templates")
#: Upper limits of the number of rows, each with the hub's size category.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def render_card(found: FailureSet, audit: Mapping[str, Any], askers: Askers) -> str:
    """Returns the card as Markdown with all names escaped.

    `audit`: the content of metrics/audit.json. `askers`: the names of the methods.
    """
    environment = Environment(  # the filter `plain` escapes Markdown
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"plain": plain, "percent": _percent}
    text = environment.get_template("card.md").render(
        found=found,
        front=_front_matter(len(found.failures)),
        askers=_askers(found, askers),
        auditor=audit["auditor"],
        reliability=_reliability(audit, askers),
        fields=FIELDS,
        in_none=sum(not failure.failure_modes for failure in found.failures),
        task=TASK,
        tsv=NAME,
        no_mode=NO_MODE,
    )
    return text + "\n"


def plain(text: str) -> str:
    """Escapes a text for Markdown, on one line, so that it shows as it is: without HTML, links and table cells."""
    return re.sub(r"([\\`*_\[\]|<>&~$:])", r"\\\1", " ".join(text.split()))


def _front_matter(number: int) -> str:
    size = next((name for limit, name in SIZES if number < limit), "n>1M")
    fields = {
        "pretty_name": "Failures of a vision-language model",
        "license": "unknown",
        "task_categories": ["visual-question-answering"],
        "tags": ["blindspot", "failures"],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": "test", "path": "data/test.parquet"}]}],
    }
    return yaml.safe_dump(fields, sort_keys=False)


def _askers(found: FailureSet, askers: Askers) -> list[tuple[str, str, int]]:
    """Returns the description, the name and the number of failures of each questioner in the set."""
    count = Counter((failure.method, failure.questioner) for failure in found.failures)
    order = sorted(count, key=lambda one: ([*askers].index(one[0]), one[1]))
    return [(askers[method].phrase, name, count[method, name]) for method, name in order]


def _reliability(audit: Mapping[str, Any], askers: Askers) -> list[tuple[str, int, Mapping[str, float]]]:
    """Returns, for each method with audited failures, its description, their number, and the judge's precision."""
    found = []
    for method in METHODS:
        agreement = audit.get(method, {}).get("agreement") or {}
        precision = agreement.get("failure", {}).get("precision")
        if precision:
            confusion = audit[method]["confusion"]["failure"]
            audited = sum(number for outcome, number in confusion.items() if outcome != "unscored")
            found.append((askers[method].phrase, audited, precision))
    return found


def _percent(share: float) -> str:
    """Formats a share as `blindspot.metrics.percent` does, with the plain space that Markdown is written with."""
    return percent(share).replace("\u00a0", " ")
