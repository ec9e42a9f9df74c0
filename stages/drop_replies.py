"""drop_replies: forgets the answers that are kept of a served model, so that the next run asks it again.

`python -m stages.drop_replies configs/models/mine.yaml`: of the model that the endpoint file describes, in every
revision. `--unnamed`: also those that earlier versions kept without a model's name.
"""

import argparse
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.models.calls import Calls
from blindspot.models.description import Server, read_description
from blindspot.models.endpoint import CALLS, model_of
from blindspot.store import work_folder


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m stages.drop_replies", description=__doc__)
    parser.add_argument("endpoint", type=Path, metavar="endpoint.yaml", help="file of kind endpoint (configs/models)")
    parser.add_argument("--unnamed", action="store_true", help="also replies that no model's name is kept with")
    return parser.parse_args()


def main() -> None:
    """Drops the replies and prints how many."""
    asked = arguments()
    server = read_description(asked.endpoint)
    if not isinstance(server, Server):
        raise BlindspotError(f"{asked.endpoint} is of kind {server.kind}", "name a file of kind endpoint")
    file = work_folder() / CALLS
    if not file.is_file():
        print(f"no reply is kept: {file} does not exist")
        return
    calls, model = Calls(file), model_of(server)
    print(f"dropped {calls.drop_model(model):,} replies of {model}")
    if asked.unnamed:
        print(f"dropped {calls.drop_model(None):,} replies that no model's name is kept with")
    elif unnamed := calls.count(None):
        print(f"{unnamed:,} replies of an earlier version name no model; --unnamed drops them too")


if __name__ == "__main__":
    run(main)
