"""Reads logs of lmms-eval (`--log_samples`), and those of lm-evaluation-harness, which have the same form."""

import json
import re
from collections.abc import Callable
from math import inf, isnan
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from blindspot.logs import names
from blindspot.logs.candidates import no_column
from blindspot.logs.columns import Columns
from blindspot.logs.json_files import Object
from blindspot.logs.known_log import Sample, add_samples
from blindspot.logs.lmms_metrics import Metrics
from blindspot.logs.names import plain
from blindspot.logs.rows import Log
from blindspot.logs.values import number_of, text_of, texts_of

_SAMPLES = re.compile(r"^(?P<date>.*?)_?samples_(?P<task>.+?)\.jsonl?(?:\.gz)?$")
#: What names the model in the arguments of lmms-eval: "pretrained=…,device=…", or the same as an object.
_MODEL = re.compile(
    r"(?:^|[,'\"{ ])(?:pretrained|model|model_version|model_name|model_id)['\"]?\s*[=:]\s*['\"]?([^,'\"}]+)"
)


def is_lmms_eval(rows: list[Object]) -> bool:
    """Returns whether the rows are samples of lmms-eval."""
    return bool(rows) and "doc_id" in rows[0] and ("filtered_resps" in rows[0] or "resps" in rows[0])


def add_lmms_eval(log: Log, rows: list[Object], columns: Columns, path: Path, header: Object | None = None) -> None:
    """Adds the samples of an lmms-eval log. `header` is what surrounds them where the log is one JSON object.

    The answer is the filtered reply, or the one that the task extracted. The score is the first metric that a sample
    has, or `columns.score`. Multiple choice by likelihood gives the most likely option. Raises BlindspotError if no
    sample has the metric that the user names.
    """
    match = _SAMPLES.match(path.name)
    log.name = match["task"] if match else log.name
    log.states_model = True
    results = header or _results(path, match["date"] if match else "")
    model = _model(results) or (path.absolute().parent.name if match else log.name)
    _check_fields(rows, columns, log.source)
    metrics = Metrics(rows, results, log, columns.score)
    samples = [_sample(row, columns, metrics) for row in rows]
    log.notes += metrics.notes()
    repeats = sum(len(_leaves(row.get("filtered_resps"))) > 1 and not _likelihoods(row) for row in rows)
    if repeats:
        log.notes.append(f"{log.source}: {repeats:,} samples have several replies; the first is read as the answer")
    add_samples(log, samples, columns, model, path.parent)


def _sample(row: Object, columns: Columns, metrics: Metrics) -> Sample:
    doc = row["doc"] if isinstance(row.get("doc"), dict) else {}
    fields = {plain(key): value for key, value in doc.items()}
    options = _options(row, fields)
    reply, raw = _reply(row, options)
    parsed, score = metrics.of(row)
    answer = _named(row, columns.answer, lambda: reply if parsed is None else parsed)
    if raw is None and text_of(reply) != text_of(answer):
        raw = reply
    return Sample(
        id=_named(row, columns.row_id, lambda: row.get("doc_id")),
        question=_named(row, columns.question, lambda: _first(fields, names.QUESTION) or _prompt(row)),
        options=options,
        reference=_named(row, columns.reference, lambda: _reference(row, fields)),
        answer=answer,
        raw=raw,
        wrong=_named(row, columns.wrong, lambda: None),
        correct=_named(row, columns.correct, lambda: None),
        score=score if columns.wrong is columns.correct is None else None,
        image=_named(row, columns.image, lambda: row.get("input_media") or _first(fields, names.IMAGE)),
        image_id=_named(row, columns.image_id, lambda: _first(fields, names.IMAGE_ID)),
    )


def _named(row: Object, name: str | None, default: Callable[[], Any]) -> Any:
    """Returns the field that the user names, of the sample or of its doc; else the default."""
    if name is None:
        return default()
    doc = row.get("doc")
    return row[name] if name in row else doc.get(name) if isinstance(doc, dict) else None


def _check_fields(rows: list[Object], columns: Columns, source: str) -> None:
    """Raises BlindspotError if no sample has a field that the user names."""
    docs = [row["doc"] for row in rows if isinstance(row.get("doc"), dict)]
    there = {key for one in [*rows, *docs] for key in one}
    for role in ("question", "reference", "answer", "wrong", "correct", "image", "image_id", "row_id"):
        name = getattr(columns, role)
        if name is not None and name not in there:
            raise no_column(sorted(there), role, name, source)


def _first(fields: Object, usual: tuple[str, ...]) -> Any:
    return next((fields[name] for name in usual if fields.get(name) not in (None, "")), None)


def _prompt(row: Object) -> Any:
    """Returns the prompt: `input`, or the first of `arguments` ([context, …], or {gen_args_0: {arg_0: context}})."""
    prompt, arguments = row.get("input"), row.get("arguments")
    while prompt is None and arguments:
        inner = list(arguments.values()) if isinstance(arguments, dict) else arguments
        if not isinstance(inner, list):
            break
        prompt, arguments = (inner[0], None) if isinstance(inner[0], str) else (None, inner[0])
    return prompt


def _options(row: Object, fields: Object) -> Any:
    """Returns the options of the doc if the model was given them: in the prompt, or as continuations."""
    letters = {letter: fields.get(letter.lower(), fields.get(f"choice_{letter.lower()}")) for letter in "ABCDEFGHIJ"}
    options: Any = {letter: text for letter, text in letters.items() if text_of(text) is not None}
    if len(options) < 2:
        options = _first(fields, names.OPTIONS)
    prompt = _prompt(row)
    texts = texts_of(list(options.values()) if isinstance(options, dict) else options)
    given = not isinstance(prompt, str) or all(text in prompt for text in texts)
    return options if given or _likelihoods(row) else None


def _reference(row: Object, fields: Object) -> Any:
    """Returns the answers of all annotators where the doc has them, else the target."""
    answers = fields.get("answers")
    return answers if isinstance(answers, list) and answers else row.get("target", fields.get("answer"))


def _reply(row: Object, options: Any) -> tuple[Any, str | None]:
    """Returns the filtered reply, and the raw one where it differs or where there are several."""
    likelihoods = _likelihoods(row)
    if likelihoods:
        # models of lmms-eval return losses, which are positive; log-likelihoods are negative
        choose = min if sum(likelihoods) > 0 else max
        best = choose(range(len(likelihoods)), key=likelihoods.__getitem__)
        return (ascii_uppercase[best] if options and best < 26 else str(best)), None
    filtered = _leaves(row.get("filtered_resps", row.get("resps")))
    raw = _leaves(row.get("resps")) or filtered
    if len(filtered) > 1:
        return filtered[0], json.dumps(raw, ensure_ascii=False)
    return (filtered[0] if filtered else None), (text_of(raw[0]) if raw and raw != filtered else None)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [] if value is None else [value]


def _likelihoods(row: Object) -> list[float]:
    """Returns the number of each option where the replies are pairs [log-likelihood or loss, is greedy]; else []."""
    pairs = row.get("filtered_resps")
    if not isinstance(pairs, list) or len(pairs) < 2:
        return []
    found = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or str(pair[1]) not in ("True", "False"):
            return []
        number = number_of(pair[0])
        found.append(-inf if number is None or isnan(number) else number)
    return found


def _results(path: Path, date: str) -> Object:
    """Returns the aggregated results beside the samples: those of the same run, else any; {} if there are none."""
    found = sorted(path.parent.glob("*results*.json"), key=lambda one: (not one.name.startswith(date), one.name))
    for file in found:
        try:
            value = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(value, dict) and ("config" in value or "model_name" in value):
            return value
    return {}


def _model(results: Object) -> str | None:
    """Returns the model's name: that of its weights or of its service, else the class of models."""
    config = results.get("config", results.get("args"))
    config = config if isinstance(config, dict) else {}
    name = _MODEL.search(str(config.get("model_args") or ""))
    kind = results.get("model_source") or config.get("model")
    return text_of(results.get("model_name")) or (name[1] if name else text_of(kind))
