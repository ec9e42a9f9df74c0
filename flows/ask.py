"""Asks the candidate the question of a rollout again, and has the answer judged.

Run it in the folder of a finished run: the checkout, or a clone in .work/runs. The model, its prompts and the verifier
are those of params.yaml. The command prints what the run recorded and what happens now. It changes no file of the run.
A served model is not asked again for an answer that is stored.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from blindspot import store
from blindspot.errors import BlindspotError, run
from blindspot.factory import open_candidate, open_verifier
from blindspot.judges.judging import judge_all
from blindspot.params import CandidateParams, VerifierParams, load
from blindspot.paths import IMAGES
from blindspot.pool.questions import FILE, read_pool
from blindspot.prompts.files import read_prompts
from blindspot.records.answer import Answer
from blindspot.records.rollout import Rollout
from blindspot.records.verdict import Verdict
from blindspot.results import Run, open_run
from flows.command_line import parser as command_parser
from stages.verify import Params as VerifyParams

NONE = "(none)"


class Asked(NamedTuple):
    """What was asked now: the image, the prompt, the answer and the verdict."""

    image: Path
    prompt: str
    answer: Answer
    verdict: Verdict


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("ask", __doc__, "trained-000012", "trained-000012 --question 'is there a red star ?'")
    parser.add_argument("rollout", help="rollout_id, as the report and reports/lists/questions.csv name it")
    parser.add_argument("--question", help="ask this question about the image instead")
    return parser.parse_args()


def main() -> None:
    """Asks the question and prints both answers."""
    given = arguments()
    finished = open_run()
    rollout, verdict = find(finished, given.rollout)
    question = given.question or rollout.question
    if not question.strip():
        raise BlindspotError(f"rollout {given.rollout} has no question", "name another, or give one with --question")
    asked = ask(rollout.image_id, question)
    recorded = None if given.question else (rollout, verdict)
    print("\n".join(lines(question, asked, recorded)))


def find(finished: Run, rollout_id: str) -> tuple[Rollout, Verdict]:
    """Returns a rollout and its verdict. Raises BlindspotError if the run has no such rollout."""
    for rollout, verdict in zip(finished.rollouts, finished.verdicts, strict=True):
        if rollout.rollout_id == rollout_id:
            return rollout, verdict
    first = finished.rollouts[0].rollout_id if finished.rollouts else NONE
    raise BlindspotError(f"the run has no rollout {rollout_id}", f"name one such as {first}")


def ask(image_id: str, question: str) -> Asked:
    """Has the question about a test image answered by the candidate and judged."""
    image = next(image for image in store.read_images("test") if image.image_id == image_id)
    params, verifying = load("candidate", CandidateParams), load("verifier", VerifierParams)
    pool = read_pool() if (IMAGES / FILE).is_file() else None
    [answer] = open_candidate(params, pool).answer([image], [question])
    [verdict] = judge_all(open_verifier(verifying, load("verify", VerifyParams).model), [image], [question], [answer])
    prompt = read_prompts(Path(params.prompts), "candidate").render("answer", question=question)
    return Asked(image.path, prompt, answer, verdict)


def lines(question: str, asked: Asked, recorded: tuple[Rollout, Verdict] | None) -> list[str]:
    """Returns the lines to print. `recorded`: what the run has; None for another question."""
    now = _facts(asked.answer.text, asked.answer.raw, asked.verdict)
    then = _facts(recorded[0].answer, None, recorded[1]) if recorded else None
    found = [f"image:     {asked.image}", f"question:  {question}", f"prompt:    {asked.prompt}"]
    found += ["", "in the run", *_shown(then)] if then else []
    return [*found, "", "now", *_shown(now)]


def _facts(answer: str, raw: str | None, verdict: Verdict) -> dict[str, str | None]:
    return {
        "answer": answer or NONE,
        "raw reply": raw,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "reference": verdict.reference,
        "judge": " | ".join(verdict.raw) or None,
        "verifier": verdict.verifier,
    }


def _shown(facts: Mapping[str, Any]) -> list[str]:
    return [f"  {name + ':':<11}{text}" for name, text in facts.items() if text is not None]


if __name__ == "__main__":
    run(main, takes_arguments=True)
