"""Finds the questions that both sides of a comparison answered."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from blindspot.diff.mlflow_runs import DIGESTS
from blindspot.diff.side import Side
from blindspot.paths import IMAGES
from blindspot.store import read_json

DISPUTED = 0.02  # share of the differing questions from which disagreements about the grading are named


@dataclass(frozen=True)
class Pairs:
    """The common questions, a row each, and sentences about questions that were left out.

    `rows`: `key`, `image_id`, `question`, `reference` (the true answer), `old_answer`, `new_answer`, `old_failed`,
    `new_failed`, `old_features`, `new_features` (frozen sets; None where that side was asked the question of the
    other), `old_discovered`, `new_discovered` (whether that side discovered its modes in the question), `disputed`
    (whether a log's verdict disagrees with the reference).
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]


def pair(old: Side, new: Side) -> Pairs:
    """Returns the questions that both sides have. Questions about images whose files differ are left out."""
    merged = old.rows.merge(new.rows, "inner", "key", suffixes=("_old", "_new"), validate="one_to_one")
    changed = _changed_images(old, new, merged["image_id_old"].dropna().unique())
    kept = merged[~merged["image_id_old"].isin(changed)].reset_index(drop=True)
    rows = pd.DataFrame({
        "key": kept["key"],
        "image_id": kept["image_id_old"],
        "question": kept["question_old"],
        "reference": kept["reference_old"],
        "old_answer": kept["answer_old"],
        "new_answer": kept["answer_new"],
        "old_failed": kept["outcome_old"].eq("failure"),
        "new_failed": kept["outcome_new"].eq("failure"),
        "old_features": kept["features_old"],
        "new_features": kept["features_new"],
        "old_discovered": ~kept["held_out_old"].astype(bool),
        "new_discovered": ~kept["held_out_new"].astype(bool),
        "disputed": kept["disputed_old"].astype(bool) | kept["disputed_new"].astype(bool),
    })  # fmt: skip
    others = kept["reference_old"].fillna("").ne(kept["reference_new"].fillna(""))
    notes = (*_changed_note(changed), *_image_note(old, new), *_grading_note(rows), *_reference_note(rows, others))
    return Pairs(rows, notes)


def _changed_images(old: Side, new: Side, common: Iterable[str]) -> set[str]:
    """Returns the ids of images that both runs have with different content."""
    ours, theirs = image_digests(old), image_digests(new)
    return {image for image in {*common} & ours.keys() & theirs.keys() if ours[image] != theirs[image]}


def image_digests(side: Side) -> dict[str, str]:
    """Returns the SHA-256 of each test image by id; of an analysis, and of a run without its images, none."""
    if (side.folder / DIGESTS).is_file():
        return dict(read_json(side.folder / DIGESTS))
    files = sorted((side.folder / IMAGES / "test").glob("*.png")) if side.is_run else []
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _changed_note(changed: set[str]) -> list[str]:
    if not changed:
        return []
    return [f"{len(changed):,} images have the same id and different content: their questions are left out"]


def _grading_note(rows: pd.DataFrame) -> list[str]:
    differing = rows[rows["old_failed"] != rows["new_failed"]]
    disputed = int(differing["disputed"].sum())
    if disputed < DISPUTED * len(differing) or not disputed:
        return []
    return [
        f"on {disputed:,} of the {len(differing):,} questions on which the sides differ, a log's verdict and the "
        "reference disagree: check the grading before you use the result"
    ]


def _reference_note(rows: pd.DataFrame, others: "pd.Series[bool]") -> list[str]:
    """Returns a sentence if the verifier's own answers changed. `others`: in which common questions they differ."""
    differing = rows["old_failed"] != rows["new_failed"]
    changed = int((differing & others).sum())
    if changed < DISPUTED * differing.sum() or not changed:
        return []
    return [
        f"on {changed:,} of the {int(differing.sum()):,} questions on which the sides differ, the verifier gave two "
        "different true answers: there, the verifier may differ and not the candidate"
    ]


def _image_note(old: Side, new: Side) -> list[str]:
    ours, theirs = ({*side.rows["image_id"].dropna()} for side in (old, new))
    if not ours or not theirs or ours == theirs:
        return []
    return [
        f"the image sets differ: {len(ours & theirs):,} images in both, {len(ours):,} in OLD, {len(theirs):,} in NEW"
    ]
