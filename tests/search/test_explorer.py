"""The explorer with planted candidates, and uniformly drawn questions as proposals."""

import pytest

from blindspot.records.rollout import Asked
from blindspot.search.explorer import Explorer
from blindspot.taxonomy.reading.question_features import all_features
from tests.search.planted import judged, one

GAPS = ("family == relation and answer == yes", "family == shape and colour == red")
NAMES = {"judging positions + answer yes", "only telling the shape + recognising red"}


def explore(pool: list[Asked], calls: int, seed: int, of_pool: bool) -> Explorer:
    """Asks `calls` questions of the pool, ten at a time. The features of the proposals include the true answers."""
    explorer = Explorer(threshold=0.25, min_asked=6, seed=seed, of_pool=of_pool)
    for _ in range(calls // 10):
        chosen = explorer.choose([all_features(row.question, row.reference) for row in pool], 10)
        explorer.add(pool[place] for place in chosen)
        pool = [row for place, row in enumerate(pool) if place not in {*chosen}]
    return explorer


@pytest.mark.parametrize("of_pool", [False, True])
def test_it_finds_modes_with_fewer_questions_than_uniform_ones(of_pool: bool) -> None:
    """Fails for correct code with probability below 1e-3 over seeds.

    In 16 runs with other seeds, the explorer found each mode, and uniform questions found 36 % of them at most
    (binomial of eight modes).
    """
    ours, uniform = [], []
    for seed in range(31, 35):
        pool = judged(GAPS, 0.0, 1500, seed)
        ours += [" + ".join(mode.features) for mode in explore(pool, 200, seed, of_pool).modes]
        by_chance = Explorer(0.25, 6, seed, of_pool=of_pool)
        by_chance.add(pool[:200])
        uniform += [" + ".join(mode.features) for mode in by_chance.modes]
    assert {*ours} == NAMES >= {*uniform}
    assert len(uniform) < len(ours) and len(ours) >= 7


@pytest.mark.parametrize(("seed", "of_pool"), [(41, False), (42, False), (41, True)])
def test_random_mistakes_are_not_a_mode(seed: int, of_pool: bool) -> None:
    # Seed fixed; no rate is known, because the level of the search only bounds it. None of 12 other seeds has a mode.
    assert explore(judged((), 0.15, 1500, seed), 400, seed, of_pool).modes == []


def test_half_of_the_targets_follow_a_failure() -> None:
    explorer = Explorer(0.25, 6, seed=0)
    assert explorer.targets(3) == [(), (), ()]
    explorer.add([one("a", "is there a red star ?", "yes", "failure")])
    failed = all_features("is there a red star ?", "yes")
    explorer.add([one("b", "what size is the square ?", "small", "correct")])
    targets = explorer.targets(400)
    assert all({*target} <= failed for target in targets[:200])
    # Half of the other targets are parts of the failure as well: this fails with probability 1e-17 (binomial of 200).
    assert 0.2 < sum({*target} <= failed for target in targets[200:]) / 200 < 0.8


def test_failures_of_settled_modes_are_not_followed() -> None:
    explorer = Explorer(0.25, 6, seed=0)
    explorer.add(one(f"r{n}", "is there a red star ?", "yes", "failure") for n in range(30))
    explorer.add(one(f"s{n}", "what size is the square ?", "small", "correct") for n in range(30))
    explorer.add([one("c", "how many circles are there ?", "3", "failure")])
    assert explorer.modes
    settled, followed, new = "is there a red star ?", "how many circles are there ?", "is there a blue star ?"
    proposals = [all_features(text, "yes") for text in (settled, followed, new)]
    assert explorer.choose(proposals, 2) == [1, 2]
    assert explorer.choose([], 2) == []


@pytest.mark.parametrize(("every", "followed"), [(2, True), (5, False)])
def test_a_pair_is_followed_while_it_fails_more_often_than_the_threshold(every: int, followed: bool) -> None:
    explorer = Explorer(0.25, 6, seed=0)
    asked = [one(str(n), "is there a red star ?", "yes", "correct" if n % every else "failure") for n in range(20)]
    explorer.add(asked[:1])
    assert not explorer.is_done
    explorer.add(asked[1:])
    assert explorer.modes == []
    assert explorer.is_done != followed


def test_a_kind_of_question_with_few_pairs_is_asked_as_often() -> None:
    looks = [f"{colour} {shape}" for colour in ("red", "blue", "green", "yellow") for shape in ("stars", "circles")]
    pool = [*(f"how many {look} are there ?" for look in looks), "is there a star ?"]
    explorer, chosen = Explorer(0.25, 6, seed=0), list[int]()
    for number in range(30):
        (place,) = explorer.choose([all_features(text, None) for text in pool], 1)
        explorer.add([one(str(number), pool[place], "1", "correct")])
        chosen.append(place)
    assert chosen.count(len(looks)) >= 9  # by rare pairs alone it would be 7


def test_half_of_the_questions_of_a_pool_are_random_and_half_follow_failures() -> None:
    counting, rare, failed = "how many dogs are there ?", "what size is the square ?", "is there a red star ?"
    proposals = [all_features(text, None) for text in [counting] * 180 + [rare] * 10 + [failed] * 10]
    explorer = Explorer(0.25, 6, seed=0, of_pool=True)
    first = explorer.choose(proposals, 40)
    # Fails for correct code with probability 2.5e-4 (hypergeometric).
    assert len({*first}) == 40 and sum(place < 180 for place in first) >= 30  # nine in ten, as in the pool
    explorer.add([one("a", failed, None, "failure")])
    assert {*explorer.choose(proposals, 20)[:10]} == {*range(190, 200)}


def test_unscored_questions_are_ignored_and_invalid_ones_give_no_mode() -> None:
    explorer = Explorer(0.25, 6, seed=0)
    explorer.add(one(str(n), "is there a red star ?", None, "unscored") for n in range(90))
    assert explorer.targets(1) == [()]
    explorer.add(one(str(n), "is there a red star ?", None, "invalid") for n in range(90))
    assert explorer.modes == []
    valid, invalid = "how many dogs are there ?", "is there a red star ?"
    chosen = [explorer.choose([all_features(text, None) for text in (invalid, valid)], 1) for _ in range(5)]
    assert chosen == [[1]] * 5
