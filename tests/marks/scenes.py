"""Random marks without a photograph, with few looks, so that descriptions often fit none, one or several of them."""

from random import Random

from blindspot.scenes.marks import LABEL, TEXTS, Mark, MarkScene
from blindspot.scenes.scene import COLOURS, SHAPES, SIZES


def any_marks(rng: Random) -> MarkScene:
    """One to nine marks in random places; every second picture has one or two pairs that overlap."""
    count, apart = rng.randint(1, 9), rng.choice([1, 40, 80])
    shapes, colours = [*rng.sample(SHAPES, rng.randint(1, 3)), LABEL], rng.sample(COLOURS, rng.randint(1, 4))
    texts, marks = rng.sample(TEXTS, count), list[Mark]()
    for layer in range(count):
        shape = rng.choice(shapes)
        marks.append(
            Mark(
                row=rng.randrange(20, 480),
                column=rng.choice([100, 200, rng.randrange(20, 620)]),
                size=rng.choice(SIZES),
                colour=rng.choice(colours),
                shape=shape,
                width=40,
                height=40,
                text=texts[layer] if shape == LABEL else None,
                pile=rng.choice([0, 1, 1, 2]) if shape != LABEL else 0,
                layer=layer,
                apart=apart,
            )
        )
    return MarkScene(tuple(marks), 640, 500)
