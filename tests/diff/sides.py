"""Sides of a comparison, with given outcomes or as folders of analyses and runs."""

from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.analysis.analyze import analyze
from blindspot.diff.side import COLUMNS, Side
from blindspot.factory import open_candidate, open_verifier
from blindspot.images.image_set import write_image_set
from blindspot.images.sources import SourceParams, Splits, choose_source
from blindspot.params import CandidateParams, VerifierParams, load, read
from blindspot.paths import IMAGES, ROLLOUTS, VERDICTS
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode, Status
from blindspot.records.rollout import Rollout
from blindspot.store import read_images, to_frame, write_frame
from blindspot.verification import verify
from stages.taxonomy import Params, taxonomy, write
from tests.project import REPOSITORY, make_project


def side(
    failed: Sequence[int], features: Sequence[str] = ("counting",), modes: Sequence[FailureMode] = (), **columns: Any
) -> Side:
    """Returns a side with a question for each entry of `failed`, about an image each; all have the same features."""
    rows = pd.DataFrame({
        "image_id": [f"image-{place}" for place in range(len(failed))],
        "question": [f"question {place}" for place in range(len(failed))],
        "key": pd.Series([("key", place) for place in range(len(failed))], dtype=object),
        "answer": ["wrong" if one else "right" for one in failed],
        "reference": "right",
        "outcome": ["failure" if one else "correct" for one in failed],
        "features": [frozenset(features)] * len(failed),
        "held_out": True,
        "disputed": False,
        "method": None,
        "mode_id": None,
    })  # fmt: skip
    return Side("side", Path("nowhere"), "candidate", (), rows.assign(**columns)[COLUMNS], tuple(modes), False)


def mode(*features: str, status: Status = "confirmed", asked: int = 40, failures: int = 20) -> FailureMode:
    """Returns a mode that was tested on questions of its own."""
    name = " and ".join(features)
    rate = failures / asked
    return FailureMode(name, name, features, asked, failures, rate, 0.3, 0.7, 9.0, 0.01, (), status=status)


def analysis(log: pd.DataFrame, folder: Path) -> Path:
    """Writes the analysis of a log and returns its folder."""
    analyze(log).write(folder)
    return folder


def run(folder: Path, gaps: Sequence[str], calls: int = 400, seed: int = 0, **sections: Any) -> Path:
    """Writes a finished run of a planted candidate: templates ask about random scenes.

    `sections`: of params.yaml, such as `verifier`; without it, the oracle judges.
    """
    candidate = folder / "candidate.yaml"
    folder.mkdir()
    candidate.write_text(f"kind: planted\ngaps: {[*gaps]}\nmistakes: 0.05\nseed: 0\n", encoding="utf-8")
    make_project(folder, candidate={"model": "candidate.yaml"}, **sections)
    splits = Splits(train=2, validation=2, test=60)
    write_image_set(*choose_source(SourceParams(source="scenes", image_size=48, splits=splits), seed), folder / IMAGES)
    images = read_images("test", folder / IMAGES)
    about = [images[place % len(images)] for place in range(calls)]
    questions = [one.question for one in TemplateQuestioner().ask(about, seed)]
    params = CandidateParams.model_construct(
        model=str(candidate), prompts=str(REPOSITORY / "configs/prompts/scenes.yaml")
    )
    answers = open_candidate(params).answer(about, questions)
    rollouts = [
        Rollout(f"templates-{place:06d}", "templates", image.image_id, question, answer.text, "templates/1", "planted")
        for place, (image, question, answer) in enumerate(zip(about, questions, answers, strict=True))
    ]
    frame = to_frame(rollouts)
    with chdir(folder):
        verifier = open_verifier(load("verifier", VerifierParams), read()["verify"]["model"])
    verdicts = verify(frame, images, verifier).drop(columns="raw")
    write_frame(folder / ROLLOUTS, frame)
    write_frame(folder / VERDICTS, verdicts)
    with chdir(REPOSITORY):
        found = taxonomy(verdicts, Params(resamples=2), seed=0)
    write(found, folder / "data/taxonomy")
    return folder
