"""Rollouts of three methods about a scene, with every kind of outcome."""

from pathlib import Path

from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.records.unscored import Unscored
from blindspot.scenes.scene import Scene, Thing
from blindspot.store import to_frame

SCENE = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 1, "large", "blue", "star")))
IMAGES = [Image(name, Path(f"{name}.png"), "test", SCENE.to_json()) for name in ("i0", "i1")]


def rollout(rollout_id: str, method: str, question: str, answer: str, error: str | None = None) -> Rollout:
    return Rollout(rollout_id, method, "i0", question, answer, "q/1", "c/1", error)


ROLLOUTS = to_frame(
    [
        rollout("t-0", "trained", "how many stars are there ?", "3"),
        rollout("t-1", "trained", "", "", Unscored.TIMEOUT),
        rollout("t-2", "trained", "is there a circle ?", "yes"),
        rollout("t-3", "trained", "how many things are there ?", "7"),
        rollout("b-0", "base", "of the the", "yes"),
        rollout("b-1", "base", "is there a star ?", "yes"),
        rollout("u-0", "templates", "what size is the red star ?", "small"),
    ]
)
