"""Opens what params.yaml names: the candidate, the verifier, and the VLM behind either."""

from pathlib import Path

from blindspot.models.candidate import VLMCandidate
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.local import GreedyVLM
from blindspot.models.server import read_server
from blindspot.params import CandidateParams, VerifierParams
from blindspot.protocols import VLM, Candidate, Verifier
from blindspot.verifiers.oracle import OracleVerifier
from blindspot.verifiers.vlm import VLMVerifier


def open_candidate(params: CandidateParams) -> Candidate:
    """The model under test. Raises BlindspotError where it is not there."""
    return VLMCandidate(_open_vlm(params.model, params.batch_size, params.max_new_tokens))


def open_verifier(params: VerifierParams) -> Verifier:
    """The oracle, or a VLM as judge. Raises BlindspotError where that VLM is not there."""
    if params.kind == "oracle":
        return OracleVerifier(params.unparsed)
    return VLMVerifier(_open_vlm(params.model, params.batch_size, params.max_new_tokens))


def _open_vlm(model: str, batch_size: int, max_new_tokens: int) -> VLM:
    """The VLM in a folder, or the served one that a YAML file describes."""
    path = Path(model)
    if path.suffix in (".yaml", ".yml"):
        return EndpointVLM(read_server(path), max_new_tokens)
    return GreedyVLM(path, batch_size, max_new_tokens)
