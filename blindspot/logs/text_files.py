"""Opens text files in the encodings that occur, gz compressed or not."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from blindspot.errors import BlindspotError

#: Byte order marks. PowerShell writes UTF-16.
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def encoding_of(path: Path) -> str:
    """Returns the encoding that the first bytes of a file name, UTF-8 if they name none."""
    with _bytes(path) as file, _reported(path):
        start = file.read(4)
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """Opens a text file. Raises BlindspotError for bytes that are no text, with the line, and for a damaged gz."""
    with _reported(path):
        opener = gzip.open if path.suffix.lower() == ".gz" else open
        with cast(TextIO, opener(path, "rt", encoding=encoding, newline="")) as file:
            try:
                yield file
            except UnicodeError:
                line = _undecodable(path, encoding)
                raise BlindspotError(
                    f"{path}, line {line}: not valid {encoding.upper().removesuffix('-SIG')} text",
                    "save the file as UTF-8",
                ) from None


def _undecodable(path: Path, encoding: str) -> int:
    """Returns the number of the first line that cannot be decoded."""
    with _bytes(path) as file:
        data = file.read()
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return data.count(b"\n") + 1


def _bytes(path: Path) -> BinaryIO:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    return cast(BinaryIO, opener(path, "rb"))


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BlindspotError(f"{path} is not a complete gz file ({error})", "compress or copy it again") from None
    except IsADirectoryError:
        raise BlindspotError(f"{path} is a folder", "give the files in it") from None
