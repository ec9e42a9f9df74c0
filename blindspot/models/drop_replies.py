"""Deletes the stored replies of a served model, so that the next run asks it again."""

from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.models.calls import Calls
from blindspot.models.description import Server, read_description
from blindspot.models.endpoint import CALLS, model_of


def drop_replies(endpoint: Path, work: Path, unnamed: bool = False) -> list[str]:
    """Deletes the replies of the model that an endpoint file describes, of all its revisions.

    `work`: the work folder. `unnamed`: also delete replies of earlier versions, which were stored without the name of
    their model. Returns lines that say what was deleted. Raises BlindspotError if the file is not of kind endpoint.
    """
    server = read_description(endpoint)
    if not isinstance(server, Server):
        raise BlindspotError(f"{endpoint} is of kind {server.kind}", "name a file of kind endpoint")
    file = work / CALLS
    if not file.is_file():
        return [f"there are no stored replies: {file} does not exist"]
    calls, model = Calls(file), model_of(server)
    lines = [f"deleted {calls.drop_model(model):,} replies of {model}"]
    if unnamed:
        lines.append(f"deleted {calls.drop_model(None):,} replies without the name of a model")
    elif count := calls.count(None):
        lines.append(f"{count:,} replies of an earlier version have no model name; --unnamed deletes them too")
    return lines
