"""Reads the scene that an image's metadata stores: things on a grid, or marks drawn over a photograph."""

from blindspot.errors import BlindspotError
from blindspot.records.image import Image
from blindspot.scenes.marks import MarkScene
from blindspot.scenes.scene import Scene


def read_scene(text: str) -> Scene:
    """Reads the output of `Scene.to_json` or `MarkScene.to_json`. Raises ValueError for any other text."""
    return MarkScene.from_json(text) if text.lstrip().startswith("{") else Scene.from_json(text)


def scene_of(image: Image, consequence: str, fix: str) -> Scene:
    """Returns the scene in the image's metadata.

    Raises BlindspotError if the scene cannot be read, or if there is none. In the latter case the message says the
    `consequence` and the `fix`.
    """
    if image.scene is None:
        raise BlindspotError(f"image {image.image_id} has no scene, so {consequence}", fix)
    try:
        return read_scene(image.scene)
    except ValueError as error:
        raise BlindspotError(
            f"the scene of image {image.image_id} cannot be read ({error})", "run the prepare stage again"
        ) from None
