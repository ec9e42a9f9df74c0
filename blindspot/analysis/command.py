"""The command `blindspot analyze`: reads logs, writes the analysis, records it, and returns a summary."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from blindspot.analysis.analyze import ModelAnalysis, analyze_logs, check_threshold
from blindspot.analysis.record import record
from blindspot.analysis.write import check_folder
from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.metrics import percent
from blindspot.models.llm import open_llm
from blindspot.protocols import LLM
from blindspot.records.failure_mode import RARELY_FOUND, FailureMode, mix

JUDGEMENT_TOKENS = 512
ADVICE = 0.02  # share of disagreements from which the summary names them


def analyze_files(
    files: Sequence[Path], columns: Columns, out: Path, threshold: float | None, judge: Path | None
) -> Iterator[str]:
    """Analyzes logs, writes into the folder `out`, and yields the lines of a summary.

    `judge`: the YAML file of a served LLM. Raises BlindspotError if the folder holds something else, if a log cannot
    be read, or if no answer can be scored.
    """
    check_threshold(threshold)
    _check_out(out, files)
    analysis = analyze_logs(files, columns, threshold, _open_judge(judge))
    page = analysis.write(out)
    yield from (f"note: {note}" for note in analysis.notes)
    for model in analysis.models:
        yield from _summary(model)
    yield f"report: {page}"
    options = {name: str(value) for name, value in asdict(columns).items() if value is not None}
    try:
        if record(analysis, out, {"files": " ".join(file.name for file in files), **options}):
            yield "recorded in MLflow"
    except BlindspotError as error:  # the report is complete
        yield f"note: {error}"


def _check_out(out: Path, files: Sequence[Path]) -> None:
    """Raises BlindspotError if the analysis cannot be written without a loss, of which a log in the folder is one."""
    check_folder(out)
    inside = next((file for file in files if file.resolve().is_relative_to(out.resolve())), None)
    if inside is not None:
        raise BlindspotError(f"{inside} is in {out}, which would be replaced", "name a new folder with --out")


def _open_judge(judge: Path | None) -> LLM | None:
    if judge is None:
        return None
    llm = open_llm(str(judge), JUDGEMENT_TOKENS)
    if llm is None:
        raise BlindspotError(f"{judge} describes no model", "name the YAML file of a served LLM with --judge")
    return llm


def _summary(model: ModelAnalysis) -> Iterator[str]:
    scored = model.scored
    failures = int((scored["outcome"] == "failure").sum())
    rate = f" ({percent(failures / len(scored))})" if len(scored) else ""
    unscored = len(model.rows) - len(scored)
    yield f"{model.model}: {failures:,} of {len(scored):,} scored answers are wrong{rate}, {unscored:,} unscored"
    if model.disagreement.share >= ADVICE:
        yield f"  the log's verdicts and references disagree on {percent(model.disagreement.share)} of the answers"
    if model.note:
        yield f"  {model.note}"
    often, rarely = ([mode for mode in model.modes if mode.recurs_rarely == one] for one in (False, True))
    yield from (_mode(mode, model) for mode in often)
    if rarely:
        yield f"  {RARELY_FOUND}:"
    yield from (_mode(mode, model) for mode in rarely)


def _mode(mode: FailureMode, model: ModelAnalysis) -> str:
    rate = percent(mode.error_rate) if mode.asked else "–"
    said = [f"{mode.failures} of {mode.asked} held out wrong"]
    if mode.strength:
        said.append(f"{mode.strength} evidence")
    if mode.is_undecided(model.threshold):
        said.append("undecided: more questions might confirm it")
    if mode.mix_share is not None:
        said.append(mix(mode, model.modes))
    return f"  {(mode.status or '').replace('_', ' '):<14}{rate:>6}  {mode.name} ({', '.join(said)})"
