"""Reads the file of an Inspect log: `.eval`, a zip file whose members are JSON."""

import json
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ValidationError

from blindspot.errors import BlindspotError
from blindspot.logs.json_files import Object


class _Output(BaseModel):
    choices: list[Object] | None = None


class _Sample(BaseModel):
    id: int | str | None = None
    epoch: int | None = None
    output: _Output | None = None
    scores: dict[str, Object] | None = None
    metadata: Object | None = None
    attachments: dict[str, Any] | None = None


class _Dataset(BaseModel):
    sample_ids: list[int | str] | None = None


class _Eval(BaseModel):
    dataset: _Dataset | None = None


class _Log(BaseModel):
    """The types of what is read."""

    eval: _Eval
    samples: list[_Sample] | None = None


#: The number of Zstandard among the compressions of zip files.
ZSTANDARD = 93


def is_inspect(value: Any) -> bool:
    """Returns whether a JSON value is an Inspect log."""
    return isinstance(value, dict) and isinstance(value.get("eval"), dict) and "task" in value["eval"]


def read_eval(path: Path) -> Object:
    """Returns the header of an `.eval` file, with its samples. Raises BlindspotError if the file is not complete."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            members = {one.filename: one for one in archive.infolist()}
            header = members.get("header.json") or members.get("_journal/start.json")
            if header is None:
                raise BlindspotError(f"{path} has no header.json", "give a log that Inspect wrote")
            value: Object = json.loads(_content(archive, file, header))
            samples = [one for name, one in members.items() if name.startswith("samples/") and name.endswith(".json")]
            value["samples"] = [json.loads(_content(archive, file, one)) for one in samples]
            return value
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, TypeError, NotImplementedError, struct.error) as error:
        reason = " ".join(str(error).split())[:200]
        raise BlindspotError(
            f"{path} cannot be read as an Inspect log ({reason})",
            "if the evaluation was interrupted, run `inspect log recover`, otherwise copy the file again",
        ) from None


def check_types(value: Object, source: str) -> None:
    """Raises BlindspotError if the parts of a log that are read do not have the types that Inspect gives them."""
    try:
        _Log.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BlindspotError(
            f"{source} is not an Inspect log of a known form ({place}: {first['msg']})",
            "give a log that Inspect wrote",
        ) from None


def _content(archive: zipfile.ZipFile, file: BinaryIO, member: zipfile.ZipInfo) -> bytes:
    """Returns the bytes of a member. Inspect writes Zstandard, which Python's zipfile reads only from 3.14 on."""
    if member.compress_type != ZSTANDARD:
        return archive.read(member)
    import pyarrow as pa

    file.seek(member.header_offset)
    name, extra = struct.unpack("<26xHH", file.read(30))
    file.seek(name + extra, 1)
    with pa.input_stream(pa.BufferReader(file.read(member.compress_size)), compression="zstd") as stream:
        content: bytes = stream.read()
    if len(content) != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename} is damaged")
    return content
