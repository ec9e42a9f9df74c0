"""Restores what each model was sent for a question, from the prompts files and the parameters of the run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.distributed import block_seed
from blindspot.grading.answer_text import final_answer
from blindspot.judges.prompts import ask_sameness, ask_validity
from blindspot.judges.sameness import compared
from blindspot.model_parameters import PROMPT_PARAMETERS
from blindspot.models.description import Extension, Nothing, Planted, describe
from blindspot.pool.questions import Pool
from blindspot.prompts.files import RolePrompts, read_prompts
from blindspot.questioner.prompts import question_prompt

NUMBERED = re.compile(r"(?:trained|base|templates)-(\d+)")  # ids of rollouts whose block has a seed
VOTES = "The judge voted {} times at temperature {:g}, with the seeds 0 to {}."
ONLY_DIFFERENT = "Sent only if the texts of the answers differ. "
STEERED = "Several prompts with different targets were sent about the image. This one gave the question. "


@dataclass(frozen=True)
class Sent:
    """What a model was sent. `prompt`: None if it was sent nothing. `note`: why not, or how the reply was sampled."""

    who: str
    prompt: str | None
    note: str
    system: str | None = None


def role_prompts(every_param: Mapping[str, Any]) -> dict[str, RolePrompts]:
    """Returns the prompts of each role. `every_param`: params.yaml. Raises BlindspotError if a file is invalid."""
    found = dict[str, RolePrompts]()
    for name, roles in PROMPT_PARAMETERS.items():
        section, key = name.split(".")
        found |= {role: read_prompts(Path(every_param[section][key]), role) for role in roles}
    return found


class Asking:
    """How the models of a run are asked. It opens no model."""

    def __init__(
        self,
        prompts: Mapping[str, RolePrompts],
        every_param: Mapping[str, Any],
        pool: Pool | None = None,
    ) -> None:
        """`prompts`: by role. `every_param`: params.yaml. `pool`: whose questions are asked; None for a questioner."""
        self.prompts, self._params, self._pool = prompts, every_param, pool
        self._candidate = describe(str(every_param["candidate"]["model"]))

    def sent(self, row: Mapping[Any, Any]) -> tuple[Sent, ...]:
        """Returns what questioner, candidate and judge were sent for a rollout with its verdict."""
        return self._questioner(row), self._of_candidate(row), *self._judge(row)

    def _questioner(self, row: Mapping[Any, Any]) -> Sent:
        who, identity = "Questioner", str(row["questioner"])
        if identity.startswith("pool/"):
            return Sent(who, None, f"The question is drawn from the pool with the seed {self._params['seed']}.")
        if identity.startswith("templates/"):
            return Sent(who, None, f"Templates write the question, without a model. {self._seed(row)}")
        how = f"Temperature {self._params['harvest']['temperature']:g}. {self._seed(row)}"
        prompts, note = self.prompts["questioner"], STEERED * (", targets " in identity)
        return Sent(who, question_prompt(prompts, row["target"]), f"{note}{how}", prompts.system)

    def _seed(self, row: Mapping[Any, Any]) -> str:
        found, seed = NUMBERED.fullmatch(str(row["rollout_id"])), self._params["seed"]
        if not found:
            return f"The seed is derived from the seed of the run, {seed}."
        return f"Seed {block_seed(seed, int(found[1]))}, of the block of questions with this one."

    def _of_candidate(self, row: Mapping[Any, Any]) -> Sent:
        who, question = "Candidate", str(row["question"])
        if not question.strip():
            return Sent(who, None, "There is no question, so the candidate was not asked.")
        if isinstance(self._candidate, Planted):
            return Sent(who, None, "The planted candidate answers by rules, without a prompt.")
        found = self._pool.find(row["image_id"], question) if self._pool else None
        prompts = self.prompts["candidate"]
        note = f"Temperature 0.{' An extension may send another prompt.' * isinstance(self._candidate, Extension)}"
        return Sent(who, prompts.render("answer", question=found.text if found else question), note, prompts.system)

    def _judge(self, row: Mapping[Any, Any]) -> tuple[Sent, ...]:
        kind, who = self._params["verifier"]["kind"], "Judge"
        if not str(row["question"]).strip() or not str(row["answer"]).strip():
            return (Sent(who, None, "There is no question and answer to judge."),)
        if kind == "oracle":
            return (Sent(who, None, "The oracle computes the verdict from the scene, without a model."),)
        if kind == "reference":
            return (self._reference(row),)
        if kind != "vlm":
            return (Sent(who, None, f"{kind} gives the verdict. It has its own prompts."),)
        prompts, how = self.prompts["judge"], self._voting()
        first = Sent("Judge, first step", ask_validity(row["question"], prompts), how, prompts.system)
        if not isinstance(row["reference"], str):
            return (first,)
        text = ask_sameness(row["question"], row["reference"], row["answer"], prompts)
        return first, Sent("Judge, second step", text, how, prompts.system)

    def _voting(self) -> str:
        params = self._params["verifier"]
        votes = params["votes"]
        again = " A second judge is sent the same for each failure, with its own answer as the reference."
        confirmed = not isinstance(describe(str(params["confirming_judge"])), Nothing)
        how = "Temperature 0." if votes == 1 else VOTES.format(votes, params["temperature"], votes - 1)
        return how + (again if confirmed else "")

    def _reference(self, row: Mapping[Any, Any]) -> Sent:
        found = self._pool.find(row["image_id"], row["question"]) if self._pool else None
        if "," not in str(row["verifier"]) or not found:
            return Sent("Judge", None, "The answer is compared with the true answers of the pool, without a model.")
        prompts = self.prompts["judge"]
        asked = compared(found.question, found.references, found.options, final_answer(row["answer"]))
        return Sent("Judge", ask_sameness(*asked, prompts), f"{ONLY_DIFFERENT}Temperature 0.", prompts.system)
