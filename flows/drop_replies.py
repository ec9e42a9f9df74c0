"""Deletes the stored replies of a served model, in all its revisions, so that the next run asks it again."""

import argparse
from pathlib import Path

from blindspot.errors import run
from blindspot.models.drop_replies import drop_replies
from blindspot.store import work_folder
from flows.command_line import parser as command_parser


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("drop-replies", __doc__, "configs/models/mine.yaml")
    parser.add_argument(
        "endpoint", type=Path, metavar="endpoint.yaml", help="description of the model, of kind endpoint"
    )
    parser.add_argument(
        "--unnamed", action="store_true", help="also delete replies that were stored without the name of a model"
    )
    return parser.parse_args()


def main() -> None:
    """Deletes the replies and prints how many."""
    given = arguments()
    print("\n".join(drop_replies(given.endpoint, work_folder(), given.unnamed)))


if __name__ == "__main__":
    run(main, takes_arguments=True)
