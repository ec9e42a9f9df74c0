"""The stand-in recognises scenes in pictures that a client sends."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image as Pictures

from bench.stand_in.pictures import Gallery, decode_url
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.scene import Scene

SIZE = 112


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gallery, dict[str, Scene], Path]:
    folder, scenes = (
        tmp_path_factory.mktemp("pictures"),
        {str(place): one for place, one in enumerate(draw_scenes(40, 1))},
    )
    return Gallery(scenes, folder, SIZE), scenes, folder


@pytest.mark.parametrize(("form", "size"), [("PNG", SIZE), ("JPEG", SIZE), ("JPEG", SIZE * 3 // 4), ("PNG", 2 * SIZE)])
def test_scenes_are_recognised_in_pictures_that_a_client_changed(
    gallery: tuple[Gallery, dict[str, Scene], Path], form: str, size: int
) -> None:
    known, scenes, folder = gallery
    for name, scene in scenes.items():
        content = io.BytesIO()
        Pictures.open(folder / f"{name}.png").resize((size, size)).save(content, form)
        assert known.scene_in(content.getvalue()) == scene


def test_no_scene_is_recognised_in_another_picture(gallery: tuple[Gallery, dict[str, Scene], Path]) -> None:
    content = io.BytesIO()
    Pictures.new("RGB", (64, 64), "red").save(content, "PNG")
    assert gallery[0].scene_in(content.getvalue()) is None
    assert gallery[0].scene_in(b"no picture") is None


def test_a_data_url_is_decoded_and_another_url_refused() -> None:
    assert decode_url(f"data:image/png;base64,{base64.b64encode(b'abc').decode()}") == b"abc"
    with pytest.raises(ValueError, match="not a data URL"):
        decode_url("https://example.org/a.png")
