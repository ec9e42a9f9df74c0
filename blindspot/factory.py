"""Opens what params.yaml names: the candidate, the verifier, a questioner, and the VLM behind each."""

from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.judges.confirmed import ConfirmedVerifier
from blindspot.judges.oracle import OracleVerifier
from blindspot.judges.vlm import VLMVerifier
from blindspot.judges.votes import Votes
from blindspot.models.candidate import VLMCandidate
from blindspot.models.description import Local, Nothing, Planted, Server, describe, describe_local
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.loading import refuse_missing
from blindspot.models.local import GreedyVLM, LocalQuestioner
from blindspot.params import CandidateParams, VerifierParams
from blindspot.protocols import VLM, Candidate, Questioner, Verifier
from blindspot.questioner.steering import SteeredQuestioner, read_targets
from blindspot.records.sampling import Sampling
from blindspot.scenes.planted import PlantedCandidate


def open_candidate(params: CandidateParams) -> Candidate:
    """The model under test. Raises BlindspotError where it is not there, or a gap planted in it cannot be read."""
    found = describe(params.model)
    if isinstance(found, Planted):
        return PlantedCandidate(found.gaps, found.mistakes, found.seed)
    return VLMCandidate(_named(params.model, _open_vlm(params.model, params.batch_size, params.max_new_tokens)))


def open_verifier(params: VerifierParams, stronger: str | None = None) -> Verifier:
    """The oracle, or a VLM as judge: `stronger`, or where that names nobody `params.model`, and the second with it.

    Raises BlindspotError where a VLM is not there.
    """
    if params.kind == "oracle":
        return OracleVerifier(params.unparsed)
    sizes = params.batch_size, params.max_new_tokens
    first = (stronger and _open_vlm(stronger, *sizes)) or _named(params.model, _open_vlm(params.model, *sizes))
    second = _open_vlm(params.confirming_judge, *sizes)
    judge = _judge(first, params)
    return ConfirmedVerifier(judge, _judge(second, params)) if second else judge


def refuse_absent(model: str) -> None:
    """Raises BlindspotError where what a later stage is to open is not there: folder, file, server or key."""
    found = _described_vlm(model)
    if isinstance(found, Server):
        EndpointVLM(found, max_new_tokens=1)
    elif isinstance(found, Local):
        refuse_missing(found)


def open_questioner(model: str | Local, batch_size: int, max_new_tokens: int, temperature: float) -> Questioner:
    """A model of weights here that asks, by the targets beside them where there are any.

    Raises BlindspotError where it is not there, or is served.
    """
    questioner = open_steerable(model, batch_size, max_new_tokens, temperature)
    targets = read_targets(Path(questioner.source.model))
    return SteeredQuestioner(questioner, targets) if targets else questioner


def open_steerable(model: str | Local, batch_size: int, max_new_tokens: int, temperature: float) -> LocalQuestioner:
    """The same without its targets: it can be told any."""
    source = describe_local(model, "the questioner") if isinstance(model, str) else model
    return LocalQuestioner(source, batch_size, max_new_tokens, temperature)


def _judge(vlm: VLM, params: VerifierParams) -> Verifier:
    if params.votes == 1:
        return VLMVerifier(vlm, require_valid=params.require_valid)
    drawn = [Sampling(params.temperature, seed) for seed in range(params.votes)]
    return Votes([VLMVerifier(vlm, sampling, params.require_valid) for sampling in drawn])


def _open_vlm(model: str, batch_size: int, max_new_tokens: int) -> VLM | None:
    """The VLM in a folder, or what a YAML file describes; None where the file names nobody."""
    found = _described_vlm(model)
    if isinstance(found, Server):
        return EndpointVLM(found, max_new_tokens, probe=True)
    return GreedyVLM(found, batch_size, max_new_tokens) if isinstance(found, Local) else None


def _described_vlm(model: str) -> Server | Local | Nothing:
    found = describe(model)
    if isinstance(found, Planted):
        raise BlindspotError(f"{model} is of kind planted, which can be a candidate alone", "name a VLM")
    return found


def _named(model: str, vlm: VLM | None) -> VLM:
    if vlm is None:
        raise BlindspotError(f"{model} names no model", "name one: a folder, or another file of configs/models")
    return vlm
