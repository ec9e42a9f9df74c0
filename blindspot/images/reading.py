"""Reads the pixels of an image file of any format."""

import io
import logging
import stat
import struct
import warnings
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage

#: Exceptions that Pillow and pillow-heif raise for files that are not valid images.
UNREADABLE = (
    *(OSError, SyntaxError, ValueError, EOFError, RuntimeError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, MemoryError, struct.error, Image.DecompressionBombError),
)
#: Formats that Pillow registers and that are no pictures, or that it reads with another program.
NOT_READ = frozenset({"BUFR", "EPS", "FITS", "FLI", "GRIB", "HDF5", "MPEG", "WMF"})
#: Suffixes of pictures in formats that are not read: of cameras, editors and vector graphics.
UNSUPPORTED = frozenset(
    f".{suffix}"
    for suffixes in (
        (
            "3fr",
            "arw",
            "cr2",
            "cr3",
            "crw",
            "dcr",
            "dng",
            "erf",
            "fff",
            "iiq",
            "k25",
            "kdc",
            "mef",
            "mos",
            "mrw",
            "nef",
        ),
        ("nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f", "heic", "heif", "hif", "avif"),
        ("jxl", "jxr", "hdr", "exr", "xcf", "kra", "ai", "svg", "svgz", "eps", "wmf", "emf"),
    )
    for suffix in suffixes
)
#: Images in which one side has this many times the length of the other, or more, are refused by processors of VLMs.
LONGEST_RATIO = 200
SHORTEST_SIDE = 2  # px: a picture of one pixel shows nothing, and processors mistake the side for the colours


@cache
def readable_formats() -> tuple[str, ...]:
    """Returns the formats that are read, in Pillow's names. Registers HEIF and silences Pillow's log."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.init()
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # it does not name the file
    return tuple(name for name in Image.OPEN if name not in NOT_READ)


@cache
def readable_suffixes() -> frozenset[str]:
    """Returns the suffixes of the formats that are read, in lower case with the dot."""
    formats = readable_formats()
    return frozenset(suffix for suffix, name in Image.registered_extensions().items() if name in formats)


def read_picture(source: Path | bytes, max_side: int) -> Picture:
    """Returns the picture of a file or of its bytes: RGB, upright, scaled down to `max_side` px.

    Of an animation the first frame is read. Raises UnreadableImage if the data is not an image or is truncated, if it
    has 32-bit pixels (their black and white levels are unknown), if it is too thin, or if it has more pixels than
    twice Pillow's limit (179 million), because a file of a few kilobytes can claim that many.
    """
    try:
        with _opened(source) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about large pictures and malformed metadata
            with Image.open(file, formats=readable_formats()) as opened:
                _refuse_thin(opened.size)
                picture = to_rgb(ImageOps.exif_transpose(opened))
    except UNREADABLE as error:
        raise UnreadableImage(f"cannot be read ({_reason(error)})") from None
    picture.thumbnail((max_side, max_side))
    _refuse_thin(picture.size)
    return picture


def read_size(path: Path) -> tuple[int, int] | None:
    """Returns width and height from the header of a file; None if it is not an image."""
    try:
        with _opened(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=readable_formats()) as opened:
                return opened.size
    except (*UNREADABLE, UnreadableImage):
        return None


def _opened(source: Path | bytes) -> AbstractContextManager[BinaryIO]:
    """Opens a file that is not empty. A pipe or a device is not opened, because reading it may never end."""
    if isinstance(source, bytes):
        size = len(source)
    else:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableImage("is not a regular file")
        size = status.st_size
    if size == 0:
        raise UnreadableImage("is empty (0 bytes)")
    return nullcontext(io.BytesIO(source)) if isinstance(source, bytes) else source.open("rb")


def _refuse_thin(size: tuple[int, int]) -> None:
    if min(size) < SHORTEST_SIDE or max(size) >= LONGEST_RATIO * min(size):
        raise UnreadableImage(
            f"is too thin ({size[0]:,} × {size[1]:,} pixels; models read images of at least {SHORTEST_SIDE} pixels "
            f"whose sides differ by a factor of less than {LONGEST_RATIO})"
        )


def to_rgb(picture: Picture) -> Picture:
    """Returns 8-bit RGB; transparent pixels become white, and 16-bit grey keeps its brightness."""
    if picture.mode in ("I", "F"):
        raise UnreadableImage(f"has 32-bit pixels (mode {picture.mode}): save it with 8 or 16")
    if picture.mode.startswith("I;16"):  # Pillow would clip values above 255
        picture = picture.point(lambda value: value / 256, "L")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not an image format that Pillow reads"  # Pillow's message contains a memory address
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
