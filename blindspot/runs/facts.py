"""What is known about a pipeline run from the files of its folder: parameters, versions, headline figures."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from blindspot.errors import BlindspotError
from blindspot.json_file import read_object
from blindspot.model_parameters import PROMPT_PARAMETERS
from blindspot.params import PARAMS
from blindspot.paths import EXPLORE_METRICS, SUMMARY, TAXONOMY_METRICS, TRAIN_METRICS, VERIFY_METRICS
from blindspot.runs.outputs import digest_of_lock, md5_of_dependency, md5_of_output, read_lock
from blindspot.runs.record import LAST, STAGES
from blindspot.store import digest

#: The headline figures, in the order in which they are shown; metrics/summary.json has them too.
FIGURES = ("error_rate", "failure_rate", "valid_rate", "failure_modes", "calls", "usd")
RATES = FIGURES[:3]
COMMIT, DIRTY, PROMPTS = "blindspot.git.commit", "blindspot.git.dirty", "blindspot.prompts"
WEIGHTS, DATA, LOCK = "blindspot.candidate.weights", "blindspot.data", "blindspot.dvc.lock"
#: Files that a run changes itself: they do not make the checkout differ from its commit.
OWN = (f":!{PARAMS}", ":!dvc.lock")
UNKNOWN = "unknown candidate"


def read_parameters(folder: Path) -> dict[str, Any]:
    """Returns the parameters of a folder, as params.yaml has them; none if it cannot be read."""
    try:
        values = yaml.safe_load((folder / PARAMS).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}


def of_pipeline(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parameters without those of the embedded models, which are trained separately."""
    return {name: value for name, value in values.items() if not name.startswith("bootstrap_")}


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns nested parameters with dotted names, as MLflow shows them."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def candidate_name(values: Mapping[str, Any]) -> str:
    """Returns a short name of the candidate: that of its folder, or of the file that describes it."""
    model = Path(str(_parameter(values, "candidate.model") or UNKNOWN))
    return model.stem if model.suffix in (".yaml", ".yml") else model.name


def versions_at_start(folder: Path, values: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """Returns tags with the commit, whether tracked files differ from it, and a digest of the prompts files.

    `environ`: the environment of git, which runs hooks of the repository.
    """
    found = {PROMPTS: _digest_of_prompts(folder, values)}
    commit = _git(folder, environ, "rev-parse", "HEAD")
    if commit:
        changed = _git(folder, environ, "status", "--porcelain", "--untracked-files=no", "--", ".", *OWN)
        found |= {COMMIT: commit, DIRTY: str(bool(changed)).lower()}
    return {name: value for name, value in found.items() if value}


def versions_at_end(folder: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Returns tags with DVC's digests: the candidate's weights, the images, dvc.lock without the last stage.

    DVC writes the entry of the last stage when the run has ended.
    """
    lock = read_lock(folder)
    found = {
        WEIGHTS: md5_of_dependency(lock, str(_parameter(values, "candidate.model"))),
        DATA: md5_of_output(lock, "prepare"),
        LOCK: digest_of_lock(lock, [name for name in STAGES if name != LAST]),
    }
    return {name: value for name, value in found.items() if value}


def headline(folder: Path, done: str) -> dict[str, float]:
    """Returns those of FIGURES that are known after the stage `done`, by the files in metrics.

    error_rate, failure_rate and valid_rate are those of the trained questioner. `calls` counts quotas when the report,
    which adds them up, is there. `usd`: the price of the served models, from the report too.
    """
    if STAGES.index(done) < STAGES.index("verify"):
        return {}
    rates = read_object(folder / VERIFY_METRICS)
    methods = [one for one in rates.values() if isinstance(one, dict) and "asked" in one]
    before = [read_object(folder / path).get("calls", 0) for path in (EXPLORE_METRICS, TRAIN_METRICS)]
    found = {name: rates.get("trained", {}).get(name) for name in RATES}
    found["calls"] = sum([*before, *(one["asked"] for one in methods)])
    if STAGES.index(done) >= STAGES.index("taxonomy"):
        found["failure_modes"] = read_object(folder / TAXONOMY_METRICS).get("failure_modes")
    if done == LAST:
        found |= read_object(folder / SUMMARY)
    return {name: float(found[name]) for name in FIGURES if found.get(name) is not None}


def _digest_of_prompts(folder: Path, values: Mapping[str, Any]) -> str:
    named = [_parameter(values, name) for name in PROMPT_PARAMETERS]
    try:
        return digest(*(folder / path for path in dict.fromkeys(map(str, filter(None, named)))))
    except (BlindspotError, OSError):
        return ""


def _parameter(values: Mapping[str, Any], name: str) -> Any:
    section, key = name.split(".")
    found = values.get(section)
    return found.get(key) if isinstance(found, dict) else None


def _git(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """Returns the output of git; an empty text if git is missing or the folder is in no repository."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout.strip()
