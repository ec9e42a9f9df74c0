"""Reads the samples of Inspect logs (inspect_ai)."""

from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.logs import names
from blindspot.logs.chat import prompt_of
from blindspot.logs.columns import Columns
from blindspot.logs.inspect_file import check_types
from blindspot.logs.inspect_scores import Scores
from blindspot.logs.json_files import Object
from blindspot.logs.known_log import Sample, add_samples
from blindspot.logs.names import plain
from blindspot.logs.rows import Log
from blindspot.logs.values import text_of
from blindspot.records.unscored import Unscored

ATTACHMENT = "attachment://"
#: Why a model stopped before its reply was complete.
CUT_OFF = ("max_tokens", "model_length")
LONGEST_ERROR = 200
#: What the user can name in tables and not in logs of Inspect.
TABLES_ONLY = ("question", "reference", "answer", "wrong", "correct", "image", "image_id", "row_id", "model")


def add_inspect(log: Log, value: Object, columns: Columns, path: Path) -> None:
    """Adds the samples of an Inspect log; a further epoch of a sample has the id ID#EPOCH.

    The verdict is that of the first scorer, or of `columns.score`. Raises BlindspotError if the log has no samples, or
    not the scorer that the user names.
    """
    check_types(value, log.source)
    samples = value.get("samples") or []
    if not samples:
        raise BlindspotError(f"{log.source} has no samples", "give a log that was written with log_samples")
    header = value["eval"]
    log.name = text_of(header.get("task")) or log.name
    log.states_model = True
    named = [name for role in TABLES_ONLY if (name := getattr(columns, role)) is not None]
    if named:
        log.notes.append(f"{log.source}: logs of Inspect have no columns, so {', '.join(named)} is not used")
    status = value.get("status", "started")
    if status != "success":
        log.notes.append(f"{log.source}: the evaluation has the status {status}, so samples may be missing")
    order = {sample_id: place for place, sample_id in enumerate((header.get("dataset") or {}).get("sample_ids") or [])}
    samples.sort(key=lambda one: (order.get(one.get("id"), len(order)), one.get("epoch") or 1))
    scores = Scores(samples, columns.score, log)
    add_samples(log, [_sample(one, scores) for one in samples], columns, _model(header, samples), path.parent)


def _model(header: Object, samples: list[Object]) -> str:
    """Returns the evaluated model; of an evaluation without one, the model of the first output."""
    name = text_of(header.get("model")) or ""
    if name not in ("", "none/none", "none"):
        return name
    outputs = (text_of((one.get("output") or {}).get("model")) for one in samples)
    return next((one for one in outputs if one), "none")


def _sample(data: Object, scores: Scores) -> Sample:
    question, image = prompt_of(data.get("input"))
    metadata = {plain(key): one for key, one in (data.get("metadata") or {}).items()}
    completion = _completion(data)
    answer = text_of(scores.of(data).get("answer")) or completion
    score = scores.number(data)
    epoch = data.get("epoch") or 1
    return Sample(
        id=f"{data.get('id')}#{epoch}" if epoch > 1 else data.get("id"),
        question=_attached(data, question),
        options=data.get("choices"),
        reference=data.get("target"),
        answer=answer,
        raw=completion if completion != answer else None,
        wrong=1 - score if scores.are_verdicts and score is not None else None,
        score=None if scores.are_verdicts else score,
        unscored=_unscored(data, completion, scores),
        image=_first(metadata, names.IMAGE) if image is None else _attached(data, image),
        image_id=_first(metadata, names.IMAGE_ID),
    )


def _first(metadata: Object, usual: tuple[str, ...]) -> Any:
    return next((metadata[key] for key in usual if metadata.get(key)), None)


def _unscored(data: Object, completion: str | None, scores: Scores) -> str | None:
    """Returns why there is no usable answer: an error, a limit, a cut off reply without verdict, the value N."""
    output = data.get("output") or {}
    error = data.get("error") or output.get("error")
    if error:
        message = error.get("message") if isinstance(error, dict) else error
        return f"error: {' '.join(str(message).split())[:LONGEST_ERROR]}"
    limit = data.get("limit")
    if limit:
        return f"limit: {limit.get('type') if isinstance(limit, dict) else limit}"
    value = scores.value(data)
    if value == "N":
        return Unscored.NO_ANSWER.value
    replies = [one for one in output.get("choices") or [] if isinstance(one, dict)]
    stop = replies[0].get("stop_reason") if replies else None
    if stop == "content_filter" and value is None:
        return Unscored.REFUSED.value
    return Unscored.CUT_OFF.value if stop in CUT_OFF and (value is None or not completion) else None


def _completion(data: Object) -> str | None:
    """Returns the reply. Logs may state it only as the message of the first choice."""
    output = data.get("output") or {}
    reply = output.get("completion")
    if reply is None:
        messages = [one.get("message") for one in output.get("choices") or [] if isinstance(one, dict)]
        reply = prompt_of([messages[0]])[0] if messages and isinstance(messages[0], dict) else None
    return text_of(_attached(data, reply))


def _attached(data: Object, value: Any) -> Any:
    """Returns what an attachment refers to; other values as they are."""
    if isinstance(value, str) and value.startswith(ATTACHMENT):
        return (data.get("attachments") or {}).get(value.removeprefix(ATTACHMENT))
    return value
