"""Pictures of one kind that a perceptual hash cannot tell apart: pages, screens, meters, shapes of other colours."""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Image as Picture

WORDS = (
    "the",
    "of",
    "and",
    "question",
    "words",
    "which",
    "their",
    "would",
    "number",
    "people",
    "water",
    "called",
    "who",
)


def page(dice: random.Random) -> Picture:
    """Returns a page of text."""
    picture = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(picture)
    for line in range(38):
        draw.text((50, 50 + 20 * line), " ".join(dice.choices(WORDS, k=18))[:80], fill="black")
    return picture


def screen(dice: random.Random) -> Picture:
    """Returns a window of an application with other entries."""
    picture = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 800, 60), fill="#224488")
    draw.rectangle((0, 60, 180, 600), fill="#dddddd")
    for row in range(12):
        draw.text((200, 80 + 40 * row), " ".join(dice.choices(WORDS, k=8)), fill="black")
        draw.text((20, 80 + 40 * row), dice.choice(WORDS), fill="black")
    return picture


def meter(dice: random.Random) -> Picture:
    """Returns a meter with other digits."""
    picture = Image.new("RGB", (320, 120), "#f0e68c")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((10, 10, 310, 110), outline="black", width=4)
    digits = "".join(dice.choices("0123456789", k=5))
    draw.text((40, 25), digits, fill="black", font=ImageFont.load_default(64))
    return picture


def gauge(dice: random.Random) -> Picture:
    """Returns a gauge whose needle has one of 40 angles."""
    picture = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 30, 370, 370), outline="black", width=6)
    angle = dice.randrange(40) * math.pi / 20
    draw.line((200, 200, 200 + 140 * math.cos(angle), 200 + 140 * math.sin(angle)), fill="red", width=5)
    return picture


def table(dice: random.Random) -> Picture:
    """Returns a table with other numbers."""
    picture = Image.new("RGB", (700, 500), "white")
    draw = ImageDraw.Draw(picture)
    for row in range(16):
        draw.line((20, 20 + 30 * row, 680, 20 + 30 * row), fill="black")
        for column in range(6 if row < 15 else 0):
            number = f"{dice.uniform(0, 1000):.2f}"
            draw.text((30 + 110 * column, 24 + 30 * row), number, fill="black", font=ImageFont.load_default(18))
    return picture


def colours(dice: random.Random) -> Picture:
    """Returns the same disc in one of eight colours."""
    picture = Image.new("RGB", (224, 224), "white")
    names = ("red", "green", "blue", "yellow", "black", "purple", "orange", "cyan")
    ImageDraw.Draw(picture).ellipse((62, 62, 162, 162), fill=dice.choice(names))
    return picture


def scan(dice: random.Random) -> Picture:
    """Returns a nearly black picture with a spot."""
    picture = Image.new("RGB", (256, 256), (3, 3, 3))
    x, y = dice.randrange(0, 230, 13), dice.randrange(0, 230, 13)
    ImageDraw.Draw(picture).ellipse((x, y, x + 12, y + 12), fill=(40, 40, 40))
    return picture


KINDS: tuple[Callable[[random.Random], Picture], ...] = (page, screen, meter, gauge, table, colours, scan)


def different(kind: Callable[[random.Random], Picture], count: int) -> list[Picture]:
    """Returns pictures of a kind with different pixels, fewer than `count` if the kind has no more."""
    dice, found = random.Random(0), dict[bytes, Picture]()
    for _ in range(20 * count):
        if len(found) < count:
            picture = kind(dice)
            found[picture.tobytes()] = picture
    return [*found.values()]
