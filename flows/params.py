"""The whole of params.yaml as one model: the form in Prefect's UI, and the schema that every stage checks against.

`python -m flows.params` writes blindspot/params.schema.json anew.
"""

import json
from typing import Any

from pydantic import Field

from blindspot.errors import run
from blindspot.params import SCHEMA, BudgetParams, CandidateParams, KeepRaw, LaunchParams, Section, VerifierParams
from lab.bootstrap_candidate import Params as BootstrapCandidateParams
from lab.bootstrap_judge import Params as BootstrapJudgeParams
from lab.bootstrap_questioner import Params as BootstrapQuestionerParams
from stages.audit import Params as AuditParams
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.report import Params as ReportParams
from stages.taxonomy import Params as TaxonomyParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams


class Params(Section):
    """Every parameter: a section a stage, and what stages share."""

    seed: int = Field(ge=0, description="of everything random but the embedded models' own training")
    keep_raw: KeepRaw = Field(
        description="raw replies of candidate and judge that are kept: all, those of failures and unscored ones, none"
    )
    launch: LaunchParams
    budget: BudgetParams
    candidate: CandidateParams
    verifier: VerifierParams
    bootstrap_candidate: BootstrapCandidateParams
    bootstrap_questioner: BootstrapQuestionerParams
    bootstrap_judge: BootstrapJudgeParams
    prepare: PrepareParams
    explore: ExploreParams
    train: TrainParams
    harvest: HarvestParams
    verify: VerifyParams
    audit: AuditParams
    taxonomy: TaxonomyParams
    report: ReportParams


def schema() -> dict[str, Any]:
    """JSON schema of params.yaml. Every key is required there: a default in the code would be a second truth."""
    made: dict[str, Any] = _strict(Params.model_json_schema())
    return made


def written() -> str:
    """The schema as its file has it."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Writes the schema."""
    SCHEMA.write_text(written(), encoding="utf-8")


def _strict(value: Any) -> Any:
    """Requires every property; says `type: [a, b]` for a choice of plain types, so that a fault is named plainly."""
    if isinstance(value, list):
        return [_strict(part) for part in value]
    if not isinstance(value, dict):
        return value
    strict = {key: _strict(part) for key, part in value.items()}
    if "properties" in strict:
        strict["required"] = list(strict["properties"])
    choices = strict.get("anyOf", [])
    if choices and all(set(choice) == {"type"} for choice in choices):
        del strict["anyOf"]
        strict["type"] = [choice["type"] for choice in choices]
    return strict


if __name__ == "__main__":
    run(main)
