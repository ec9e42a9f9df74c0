"""Random scenes as an image source."""

from blindspot.images.scenes import SceneSource
from blindspot.scenes.scene import Scene


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (list(SceneSource(12, seed, 48).images()) for seed in (3, 3, 4))
    assert [(image.image_id, image.open().tobytes(), image.scene) for image in one] == [
        (image.image_id, image.open().tobytes(), image.scene) for image in again
    ]
    assert len(one) == len(other) == 12
    assert not {image.scene for image in one} & {image.scene for image in other}
    assert not {image.image_id for image in one} & {image.image_id for image in other}


def test_a_larger_count_only_adds() -> None:
    few, many = (list(SceneSource(count, 0, 48).images()) for count in (5, 9))
    assert [(image.image_id, image.scene) for image in few] == [(image.image_id, image.scene) for image in many[:5]]


def test_all_scenes_differ_and_each_can_be_read_back() -> None:
    rows = list(SceneSource(300, 0, 16).images())
    assert len({image.image_id for image in rows}) == len({image.scene for image in rows}) == 300
    assert all(Scene.from_json(str(image.scene)).to_json() == image.scene for image in rows)


def test_pictures_have_the_requested_size() -> None:
    for size in (48, 448):
        picture = next(SceneSource(1, 0, size).images()).open()
        assert (picture.size, picture.mode) == ((size, size), "RGB")
