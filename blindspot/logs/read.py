"""Reads evaluation logs into the answers frame: one row for each answer of one model to one question."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.logs.ids import make_ids_unique
from blindspot.logs.inspect_file import is_inspect, read_eval
from blindspot.logs.inspect_log import add_inspect
from blindspot.logs.json_files import Object, read_json, read_jsonl, rows_of
from blindspot.logs.lmms_eval import add_lmms_eval, is_lmms_eval
from blindspot.logs.nested import are_events, flattened
from blindspot.logs.rows import Log, clean_texts, frame_of, settle
from blindspot.logs.table_log import add_table
from blindspot.logs.tables import read_csv, read_excel, read_parquet
from blindspot.logs.verdicts import add_verdicts, is_verdicts
from blindspot.logs.vlmevalkit import is_vlmevalkit, model_and_data, prepared
from blindspot.records.failure_mode import FailureMode

#: Endings of the files that can be read.
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".eval")


def read_logs(files: Sequence[Path], columns: Columns) -> pd.DataFrame:
    """Returns the answers frame of all files.

    `attrs["notes"]` are sentences for the user about what was read. `attrs["discovered"]` has, by model, the failure
    modes that a search found in other questions.

    Reads logs of lmms-eval, VLMEvalKit and Inspect, verdicts of a run, and tables: CSV, TSV, JSONL, JSON, Parquet,
    Excel. Raises BlindspotError if a file cannot be read, if a column is missing, or if two files have the same
    content.
    """
    if not files:
        raise BlindspotError("no log is given", "give one or more files")
    _check_files(files)
    logs = [_read(path, columns) for path in files]
    _check_judged(files, logs)
    _name_by_folder(files, logs)
    return _frame(logs, columns)


def from_frame(frame: pd.DataFrame, columns: Columns, model: str) -> pd.DataFrame:
    """Returns the answers frame of a table with any columns.

    `model` is the model of rows that state none. Relative paths of images are looked for in the working directory.
    """
    table = frame.reset_index(drop=True).rename(columns=str)
    log = Log("the frame", "frame")
    _check_table(table, log.source)
    add_table(log, table, columns, model, Path())
    return _frame([log], columns)


def _frame(logs: list[Log], columns: Columns) -> pd.DataFrame:
    for log in logs:
        clean_texts(log)
        if not columns.questions_only:
            settle(log)
    notes = [note for log in logs for note in log.notes] + make_ids_unique(logs)
    frame = frame_of([row for log in logs for row in log.rows], notes)
    frame.attrs["discovered"] = _discovered(logs)
    return frame


def _discovered(logs: list[Log]) -> dict[str, list[FailureMode]]:
    """Returns the modes that the searches of the logs found, by model, each once."""
    found: defaultdict[str, dict[str, FailureMode]] = defaultdict(dict)
    for log in logs:
        for model in {row.model for row in log.rows} if log.discovered else ():
            found[model] = {mode.mode_id: mode for mode in log.discovered} | found[model]
    return {model: [*modes.values()] for model, modes in found.items()}


def _check_files(files: Sequence[Path]) -> None:
    """Raises BlindspotError for a file that does not exist, is empty, or has the content of another one."""
    contents: dict[str, Path] = {}
    for path in files:
        if not path.exists():
            raise BlindspotError(f"{path} does not exist", "give the path of a log")
        if path.is_dir():
            raise BlindspotError(f"{path} is a folder", "give the files in it")
        if not path.stat().st_size:
            raise BlindspotError(f"{path} is empty", "give a file with rows")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest in contents:
            other = contents[digest]
            again = "is given twice" if other.resolve() == path.resolve() else f"has the same content as {other}"
            raise BlindspotError(f"{path} {again}", "give each log once")
        contents[digest] = path


def _read(path: Path, columns: Columns) -> Log:
    ending, stem = _ending(path)
    log = Log(str(path), stem)
    if ending == ".eval":
        add_inspect(log, read_eval(path), columns, path)
        return log
    if ending in (".jsonl", ".ndjson"):
        rows, notes = read_jsonl(path)
        log.notes += notes
        return _objects(log, rows, columns, path, {})
    if ending == ".json":
        return _json(log, columns, path)
    if ending == ".xlsx":
        table, notes = read_excel(path)
        log.notes += notes
    else:
        table = read_parquet(path) if ending == ".parquet" else read_csv(path, tabs=ending == ".tsv")
    return _table(log, table, columns, path)


def _ending(path: Path) -> tuple[str, str]:
    """Returns the ending that tells the format, in small letters, and the name without it."""
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS or (name != path.name and ending in (".parquet", ".xlsx", ".eval")):
        raise BlindspotError(f"{path} has an ending that is not known", f"give files that end in {', '.join(ENDINGS)}")
    return ending, Path(name).stem


def _json(log: Log, columns: Columns, path: Path) -> Log:
    try:
        value = read_json(path)
    except BlindspotError:
        try:  # lines of JSON in a file that is named .json
            rows, notes = read_jsonl(path)
        except BlindspotError:
            rows, notes = [], []
        if len(rows) < 2:
            raise
        log.notes += notes
        return _objects(log, rows, columns, path, {})
    if is_inspect(value):
        add_inspect(log, value, columns, path)
        return log
    if isinstance(value, dict) and isinstance(value.get("results"), dict) and "samples" not in value:
        raise BlindspotError(
            f"{path} holds aggregated results and no answers", "give the file with the samples (--log_samples)"
        )
    return _objects(log, rows_of(value, path), columns, path, value if isinstance(value, dict) else {})


def _objects(log: Log, rows: list[Object], columns: Columns, path: Path, header: Object) -> Log:
    if is_lmms_eval(rows):
        add_lmms_eval(log, rows, columns, path, header)
        return log
    if are_events(rows):
        raise BlindspotError(
            f"{path} holds events of OpenAI Evals, which are not read",
            "write one row for each sample, with the question, the expected and the sampled answer",
        )
    return _table(log, pd.DataFrame(flattened(rows), dtype=object), columns, path)


def _table(log: Log, table: pd.DataFrame, columns: Columns, path: Path) -> Log:
    table = table.rename(columns=str)
    _check_table(table, log.source)
    model = log.name
    if is_verdicts(table) and columns.question is columns.wrong is columns.correct is columns.score is None:
        add_verdicts(log, table, columns, path)
        return log
    if is_vlmevalkit(table):
        table = prepared(table)
        named = model_and_data(path)
        if named is not None:
            model, log.name = named
            log.states_model = True
    roles = add_table(log, table, columns, model, path.parent)
    log.notes.insert(0, f"{log.source}: columns read: {roles.sentence()}")
    return log


def _check_table(table: pd.DataFrame, source: str) -> None:
    if table.empty:
        raise BlindspotError(f"{source} has no rows", "give a log with answers")
    twice = [name for name, count in Counter(table.columns).items() if count > 1]
    if twice:
        raise BlindspotError(f"{source} has two columns {twice[0]}", "rename or remove one of them")


def _check_judged(files: Sequence[Path], logs: list[Log]) -> None:
    """Raises BlindspotError for two VLMEvalKit tables of one model and data set, such as predictions and verdicts."""
    known: dict[tuple[Path, str, str], Path] = {}
    for path, log in zip(files, logs, strict=True):
        named = model_and_data(path)
        if named is None or not log.states_model or named[1] != log.name:
            continue
        other = known.setdefault((path.absolute().parent, *named), path)
        if other is not path:
            raise BlindspotError(
                f"{other} and {path} both hold the answers of {named[0]} to {named[1]}",
                "give the one with the verdicts",
            )


def _name_by_folder(files: Sequence[Path], logs: list[Log]) -> None:
    """Names the models of files in different folders FOLDER/NAME if the files have the same name and questions.

    Files with the same name and other questions are read as two tasks of one model.
    """
    alike: defaultdict[str, list[tuple[Path, Log]]] = defaultdict(list)
    for path, log in zip(files, logs, strict=True):
        if not log.states_model:
            alike[log.name].append((path, log))
    for name, group in alike.items():
        folders = [path.absolute().parent.name for path, _ in group]
        if len(group) < 2:
            continue
        asked = [{(row.question, row.image_id) for row in log.rows} for _, log in group]
        smallest = min(map(len, asked))
        tasks = len(set.intersection(*asked)) * 2 < smallest or len(set(folders)) < len(folders)
        if tasks:
            group[0][1].notes.append(f"{len(group)} files named {name} are read as answers of one model")
        for folder, (_, log) in zip(folders, group, strict=True):
            log.name = f"{folder}/{name}"
            for row in [] if tasks else log.rows:
                row.model = log.name
