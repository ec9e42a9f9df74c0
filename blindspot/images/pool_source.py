"""The images of a pool of questions, and the questions about them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.images.pool_file import read_questions
from blindspot.images.pool_pictures import Pictures, key_of
from blindspot.pool.questions import PoolQuestion
from blindspot.records.image import SourceImage


class PoolSource:
    """Each image that a usable question of the pool is about, once, scaled down to `max_side` px.

    A question is usable if it has a text, a true answer and an image. Of several rows with the same question about the
    same image, the first one is used.

    Attributes:
        notes: what was left out, one sentence each; complete after `images()` ends.
        questions: the usable questions; complete after `images()` ends.
    """

    def __init__(self, file: Path, references: Path | None, folder: Path, max_side: int) -> None:
        self.file, self.references, self.folder, self.max_side = file, references, folder, max_side
        self.notes: list[str] = []
        self.questions: list[PoolQuestion] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the pool cannot be read, if it has no usable question, or if at least half of its
        images are missing.
        """
        frame = read_questions(self.file, self.references, self.folder if self.folder.is_dir() else None)
        self.notes = [*frame.attrs.get("notes", ())]
        rows = self._usable(frame)
        pictures, ids = Pictures(self.folder, self.file, self.max_side), dict[str, str]()
        named = [*zip(rows["image"], rows["image_id"], strict=True)]
        for key, image in pictures.find(named):
            ids[key] = image.image_id
            yield image
        self.notes += pictures.notes
        self.questions = self._distinct(rows, [ids[key_of(*row)] for row in named])

    def _usable(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Returns the rows that are usable; notes how many of the others there are, and why."""
        lacking = [_lacking(row) for row in frame.to_dict("records")]
        counts = Counter(one for one in lacking if one)
        self.notes += [f"{self.file}: {count:,} rows without {what} are left out" for what, count in counts.items()]
        if len(frame) == counts.total():
            why = ", ".join(f"{count:,} rows have no {what.split(' ', 1)[1]}" for what, count in counts.items())
            raise BlindspotError(
                f"{self.file} has no question with a true answer and an image ({why})",
                "give a file with the columns question, reference and image (docs/pools.md)",
            )
        return frame[[one is None for one in lacking]].reset_index(drop=True)

    def _distinct(self, rows: pd.DataFrame, ids: list[str]) -> list[PoolQuestion]:
        known = dict[tuple[str, str], PoolQuestion]()
        for row, image_id in zip(rows.to_dict("records"), ids, strict=True):
            references = tuple(one for one in row["references"] if one.strip())
            one = PoolQuestion(row["row_id"], image_id, row["question"], references, dict(row["options"]))
            known.setdefault((image_id, one.question), one)
        if repeated := len(rows) - len(known):
            self.notes.append(f"{self.file}: {repeated:,} rows repeat a question about an image and are left out")
        return [*known.values()]


def _lacking(row: dict[Any, Any]) -> str | None:
    """Returns what a row lacks, None if it is usable."""
    if not (row["question"] or "").strip():
        return "a question"
    if not any(one.strip() for one in row["references"]):
        return "a true answer"
    return "an image" if row["image"] is None and row["image_id"] is None else None
