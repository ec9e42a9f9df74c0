"""Opens the candidate, the verifier and the questioner that params.yaml names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from blindspot.budget import Meter
from blindspot.errors import BlindspotError, naming
from blindspot.extensions import load, make
from blindspot.judges.checked import CheckedVerifier
from blindspot.judges.confirmed import ConfirmedVerifier
from blindspot.judges.oracle import OracleVerifier
from blindspot.judges.reference import ReferenceVerifier
from blindspot.judges.vlm import VLMVerifier
from blindspot.judges.votes import Votes
from blindspot.model_parameters import models_in_use
from blindspot.models.account import Account
from blindspot.models.candidate import VLMCandidate
from blindspot.models.checked import CheckedCandidate
from blindspot.models.description import (
    MODELS,
    Extension,
    Local,
    Nothing,
    Planted,
    PoolOfQuestions,
    Server,
    Templates,
    Untrained,
    describe,
    describe_questioner,
)
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.endpoint_questioner import EndpointQuestioner
from blindspot.models.extension import CANDIDATE, JUDGE, PROTOCOLS, QUESTIONER, open_extension
from blindspot.models.llm import open_llm
from blindspot.models.loading import load_processor
from blindspot.models.local import GreedyVLM, LocalQuestioner
from blindspot.params import JUDGES, VERIFIERS, CandidateParams, VerifierParams
from blindspot.pool.candidate import PoolCandidate
from blindspot.pool.questions import Pool, read_pool
from blindspot.prompts.files import RolePrompts, read_prompts
from blindspot.protocols import VLM, Candidate, Questioner, Steerable, Verifier
from blindspot.questioner.steering import SAMPLES_SERVED, TRIED_SERVED, SteeredQuestioner, read_targets
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.answer import Sampling
from blindspot.scenes.planted import PlantedCandidate


class Charge(NamedTuple):
    """The meter that counts the tokens of a model, and its role."""

    meter: Meter | None
    role: str


def open_candidate(params: CandidateParams, pool: Pool | None = None, meter: Meter | None = None) -> Candidate:
    """Returns the model under test. `pool`: whose multiple-choice questions it is asked with their options.

    `meter`: counts the tokens of a served model, as in the other functions.

    Raises BlindspotError if it is missing, if a planted gap is invalid, or if its prompts are.
    """
    with naming("candidate.model"):
        description = describe(params.model)
        if isinstance(description, Planted):
            return PlantedCandidate(description.gaps, description.mistakes, description.seed, description.rate)
        made: Any = open_extension(description, CANDIDATE) if isinstance(description, Extension) else None
    with naming("candidate.prompts"):
        prompts = read_prompts(Path(params.prompts), "candidate")
    with naming("candidate.model"):
        if hasattr(made, "answer"):
            candidate: Candidate = CheckedCandidate(made)
        else:
            sizes = params.batch_size, params.max_new_tokens, prompts.system
            vlm = made or _open_vlm(params.model, *sizes, Charge(meter, "candidate"))
            candidate = VLMCandidate(_require(params.model, vlm), prompts)
        return PoolCandidate(candidate, pool) if pool else candidate


def open_verifier(params: VerifierParams, stronger: str | None = None, meter: Meter | None = None) -> Verifier:
    """Returns the oracle, the comparison with true answers, a judge, or an extension.

    The judge is `stronger` if it names a model, else `params.model`.

    If params.confirming_judge names a model, that model must confirm each failure. Raises BlindspotError if a
    model is missing, or if the prompts are invalid.
    """
    if params.kind not in VERIFIERS:
        with naming("verifier.kind"):
            return CheckedVerifier(make(params.kind, JUDGES, (Verifier,)))
    if params.kind == "oracle":
        return OracleVerifier(params.unparsed)
    with naming("verifier.prompts"):
        prompts = read_prompts(Path(params.prompts), "judge")
    if params.kind == "reference":
        with naming("verifier.model"):
            llm = open_llm(params.model, params.max_new_tokens, prompts.system, meter)
        return ReferenceVerifier(read_pool(), llm, prompts)
    sizes = params.batch_size, params.max_new_tokens, prompts.system, Charge(meter, "judge")
    with naming("verify.model"):
        first = _open_vlm(stronger, *sizes) if stronger else None
    with naming("verifier.model"):
        first = first or _require(params.model, _open_vlm(params.model, *sizes))
    with naming("verifier.confirming_judge"):
        second = _open_vlm(params.confirming_judge, *sizes)
    judge = _judge(first, params, prompts)
    return ConfirmedVerifier(judge, _judge(second, params, prompts)) if second else judge


def refuse_absent(model: str) -> None:
    """Raises BlindspotError if a later stage cannot use a model: its weights, file, server or API key is missing.

    Loads the processor of local weights, and not the weights.
    """
    description = _describe_vlm(model)
    if isinstance(description, Extension):
        open_extension(description, JUDGE)
    if isinstance(description, Server):
        EndpointVLM(description, max_new_tokens=1)
    if isinstance(description, Local):
        load_processor(description)


def refuse_unusable(values: Mapping[str, Any]) -> None:
    """Raises BlindspotError, which names the parameter, if no stage can use a model. `values`: those of params.yaml.

    It loads no weights and makes no call. Models behind a server are not examined.
    """
    for parameter, model in models_in_use(values).items():
        with naming(parameter):
            description = describe(model)
            if isinstance(description, Local):
                load_processor(description)
            if isinstance(description, Extension):
                load(description.kind, MODELS, *PROTOCOLS[parameter])
    describe_questioner(str(values["harvest"]["base"]), "harvest.base")


def open_questioner(
    model: str | Local,
    batch_size: int,
    max_new_tokens: int,
    temperature: float,
    prompts: RolePrompts,
    meter: Meter | None = None,
) -> Questioner:
    """Returns a questioner: local, served or an extension. It asks by targets if its folder has any.

    Raises BlindspotError if the weights are missing, or if the server cannot be reached.
    """
    return steered(open_steerable(model, batch_size, max_new_tokens, temperature, prompts, meter), model)


def steered(questioner: Steerable, model: str | Local) -> Questioner:
    """Returns a questioner that asks by the targets in the folder of `model`, or the same one if there are none."""
    source = _generating(model)
    if isinstance(source, Server | Extension):
        targets = read_targets(Path(str(model)))
        return SteeredQuestioner(questioner, targets, SAMPLES_SERVED, TRIED_SERVED) if targets else questioner
    targets = read_targets(Path(str(model) if isinstance(source, Templates) else source.model))
    return SteeredQuestioner(questioner, targets) if targets else questioner


def open_steerable(
    model: str | Local | Untrained,
    batch_size: int,
    max_new_tokens: int,
    temperature: float,
    prompts: RolePrompts,
    meter: Meter | None = None,
) -> Steerable:
    """Returns a questioner that accepts a target for each question: local, served, templates, or an extension."""
    source = _generating(model)
    if isinstance(source, Templates):
        return TemplateQuestioner()
    if isinstance(source, Extension):
        made: Steerable = open_extension(source, QUESTIONER)
        return made
    if isinstance(source, Server):
        account = Account(meter, "questioner", source)
        return EndpointQuestioner(source, max_new_tokens, temperature, prompts, account)
    return LocalQuestioner(source, batch_size, max_new_tokens, temperature, prompts)


def _generating(model: str | Local | Untrained) -> Local | Server | Templates | Extension:
    """Returns the description of a questioner that generates questions. Raises BlindspotError for a pool."""
    source = describe_questioner(model) if isinstance(model, str) else model
    if isinstance(source, PoolOfQuestions):
        problem = f"{model if isinstance(model, str) else 'the questioner'} is a pool, which generates no questions"
        raise BlindspotError(problem, "name weights or a served model")
    return source


def _judge(vlm: VLM, params: VerifierParams, prompts: RolePrompts) -> Verifier:
    if params.votes == 1:
        return VLMVerifier(vlm, None, params.require_valid, prompts)
    samplings = [Sampling(params.temperature, seed) for seed in range(params.votes)]
    return Votes([VLMVerifier(vlm, sampling, params.require_valid, prompts) for sampling in samplings])


def _open_vlm(model: str, batch_size: int, max_new_tokens: int, system: str | None, charge: Charge) -> VLM | None:
    """Returns the VLM in a folder or in the description of a YAML file, or None if the file has kind none."""
    description = _describe_vlm(model)
    if isinstance(description, Extension):
        made: VLM = open_extension(description, JUDGE)
        return made
    if isinstance(description, Server):
        account = Account(*charge, description)
        return EndpointVLM(description, max_new_tokens, probe=True, system=system, account=account)
    return GreedyVLM(description, batch_size, max_new_tokens, system) if isinstance(description, Local) else None


def _describe_vlm(model: str) -> Server | Local | Extension | Nothing:
    description = describe(model)
    if isinstance(description, Planted | PoolOfQuestions | Templates):
        owner = "candidate" if isinstance(description, Planted) else "questioner"
        raise BlindspotError(f"{model} has kind {description.kind}, which only a {owner} can have", "name a VLM")
    return description


def _require(model: str, vlm: VLM | None) -> VLM:
    if vlm is None:
        raise BlindspotError(f"{model} names no model", "name a folder, or a YAML file of another kind than none")
    return vlm
