"""Random scenes as an image source."""

from blindspot.images.scenes import SceneSource
from blindspot.scenes.scene import Scene


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (list(SceneSource(12, seed, 48).images()) for seed in (3, 3, 4))
    assert [(name, picture.tobytes(), scene) for name, picture, scene in one] == [
        (name, picture.tobytes(), scene) for name, picture, scene in again
    ]
    assert not {scene for _, _, scene in one} & {scene for _, _, scene in other}
    assert not {name for name, _, _ in one} & {name for name, _, _ in other}


def test_a_larger_count_only_adds() -> None:
    few, many = (list(SceneSource(count, 0, 48).images()) for count in (5, 9))
    assert [row[0::2] for row in few] == [row[0::2] for row in many[:5]]


def test_no_two_scenes_are_alike_and_each_can_be_read_back() -> None:
    rows = list(SceneSource(300, 0, 16).images())
    assert len({name for name, _, _ in rows}) == len({scene for _, _, scene in rows}) == 300
    assert all(Scene.from_json(str(scene)).to_json() == scene for _, _, scene in rows)


def test_pictures_have_the_size_asked_for() -> None:
    for size in (48, 448):
        picture = next(SceneSource(1, 0, size).images())[1]
        assert (picture.size, picture.mode) == ((size, size), "RGB")
