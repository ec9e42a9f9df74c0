"""The questions of a pool: questions about the images of a run that exist already, with their true answers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from blindspot import store
from blindspot.errors import BlindspotError
from blindspot.paths import IMAGES
from blindspot.records.image import Image

FILE = "questions.parquet"  # in the folder of the images


@dataclass(frozen=True)
class PoolQuestion:
    """A question about an image.

    `references`: the true answers; of an option its text and its letter. `options`: the text of each option by its
    letter; empty for an open question.
    """

    question_id: str
    image_id: str
    question: str
    references: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str]:
        """The image and the question, which no other question of the pool has."""
        return self.image_id, self.question

    @property
    def reference(self) -> str:
        """The first true answer, from which features are read."""
        return self.references[0]

    @property
    def text(self) -> str:
        """What the candidate is asked: the question, and a line for each option."""
        return "\n".join([self.question, *(f"{letter}. {text}" for letter, text in self.options.items())])


class Pool:
    """The questions of a pool by image and question."""

    def __init__(self, questions: Iterable[PoolQuestion]) -> None:
        self.questions = [*questions]
        self._known = {one.key: one for one in self.questions}

    def find(self, image_id: str, question: str) -> PoolQuestion | None:
        """Returns the question about the image, None if the pool has no such question."""
        return self._known.get((image_id, question))

    def about(self, images: Sequence[Image]) -> list[PoolQuestion]:
        """Returns the questions about these images, in order."""
        known = {image.image_id for image in images}
        return [one for one in self.questions if one.image_id in known]


def write_pool(folder: Path, questions: Sequence[PoolQuestion]) -> None:
    """Writes the questions into the folder of the images."""
    rows = [
        (one.question_id, one.image_id, one.question, [*one.references], json.dumps(one.options)) for one in questions
    ]
    columns = ["question_id", "image_id", "question", "references", "options"]
    store.write_frame(folder / FILE, pd.DataFrame(rows, columns=columns))


def read_pool(folder: Path = IMAGES) -> Pool:
    """Returns the pool that `prepare` wrote. Raises BlindspotError if it wrote none."""
    if not (folder / FILE).is_file():
        raise BlindspotError(f"{folder} has no questions of a pool", "set prepare.source: pool, and run prepare")
    frame = store.read_frame(folder / FILE)
    return Pool(
        PoolQuestion(
            row["question_id"], row["image_id"], row["question"], tuple(row["references"]), json.loads(row["options"])
        )
        for row in frame.to_dict("records")
    )
