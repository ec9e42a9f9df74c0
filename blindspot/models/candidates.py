"""Opens the model under test, whatever it is."""

from pathlib import Path

from blindspot.models.endpoint import EndpointCandidate, read_server
from blindspot.models.local import LocalCandidate
from blindspot.params import CandidateParams
from blindspot.protocols import Candidate


def open_candidate(params: CandidateParams) -> Candidate:
    """The VLM in a folder, or the served one that a YAML file describes. Raises BlindspotError where there is none."""
    path = Path(params.model)
    if path.suffix in (".yaml", ".yml"):
        return EndpointCandidate(read_server(path), params.max_new_tokens)
    return LocalCandidate(path, params.batch_size, params.max_new_tokens)
