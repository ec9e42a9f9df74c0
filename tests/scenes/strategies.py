"""Random scenes and questions, drawn from a `random.Random` or as hypothesis strategies."""

from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from blindspot.scenes.question import COMPARISONS, EXTREMA, FAMILIES, RELATIONS, Description, Question
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, GRID, SHAPES, SIZES, Scene, Thing

WORDS = {"relation": [*RELATIONS], "two_hop": [*RELATIONS], "extremum": EXTREMA, "comparison": COMPARISONS}


def any_scene(rng: Random) -> Scene:
    """A scene of 0 to 9 things with few looks, so that descriptions often fit none, one or several of them."""
    places = rng.sample(range(GRID * GRID), rng.randint(0, GRID * GRID))
    colours, shapes = rng.sample(COLOURS, rng.randint(1, 4)), rng.sample(SHAPES, rng.randint(1, 3))
    looks = [(rng.choice(SIZES), rng.choice(colours), rng.choice(shapes)) for _ in places]
    return Scene(tuple(Thing(*divmod(place, GRID), *look) for place, look in zip(places, looks, strict=True)))


def any_question(scene: Scene, rng: Random) -> Question:
    """A question of any family, valid or not."""
    family = rng.choice(FAMILIES)
    attribute = family if family in ATTRIBUTES else None
    if family in ("extremum", "same", "two_hop"):
        attribute = rng.choice([*ATTRIBUTES])
    return Question(
        family=family,
        subject=any_description(scene, rng),
        attribute=attribute,
        word=rng.choice(WORDS[family]) if family in WORDS else None,
        other=any_description(scene, rng) if family in ("relation", "comparison", "same", "two_hop") else None,
    )


def any_description(scene: Scene, rng: Random) -> Description:
    """A description; with probability 0.8, it fits one of the scene's things."""
    if scene.things and rng.random() < 0.8:
        thing = rng.choice(scene.things)
        return Description(**{name: getattr(thing, name) for name in ATTRIBUTES if rng.random() < 0.7})
    return Description(**{name: rng.choice([None, *values]) for name, values in ATTRIBUTES.items()})


def any_case(rng: Random) -> tuple[Scene, Question]:
    """A scene and a question about it."""
    scene = any_scene(rng)
    return scene, any_question(scene, rng)


SCENES = st.randoms(use_true_random=False).map(any_scene)
CASES = st.randoms(use_true_random=False).map(any_case)
FEW = settings(deadline=None, derandomize=True, max_examples=60)
