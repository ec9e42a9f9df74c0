"""Harvests with the embedded models and records what each rank asked. test_ranks.py launches it with accelerate."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from blindspot.distributed import process_state
from blindspot.factory import open_candidate, open_questioner
from blindspot.harvest import harvest
from blindspot.params import CandidateParams
from blindspot.prompts.files import SCENES, embedded_prompts
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.store import read_images
from stages.harvest import Params


class Counting:
    """A candidate that counts its answers."""

    def __init__(self) -> None:
        self._candidate = open_candidate(
            CandidateParams(model="models/scenes-candidate", max_new_tokens=4, prompts=str(SCENES))
        )
        self.identity, self.answered = self._candidate.identity, 0

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        self.answered += len(questions)
        return self._candidate.answer(images, questions, sampling)


def main(folder: Path) -> None:
    params = Params(base="models/scenes-questioner", calls=520, batch_size=256, max_new_tokens=96)
    candidate, images = Counting(), read_images("test", folder / "images")
    prompts = embedded_prompts("questioner")
    questioner = open_questioner(params.base, params.batch_size, params.max_new_tokens, params.temperature, prompts)
    rows = [asdict(one) for one in harvest("base", questioner, candidate, images, params.calls, seed=0)]
    state = process_state()
    found = {"answered": candidate.answered, "rollouts": rows}
    (folder / f"{state.process_index}-of-{state.num_processes}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
