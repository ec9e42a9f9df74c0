import pytest

from blindspot.rewards.archive import Archive
from blindspot.rewards.embedding import embed

STARS = "how many red stars are there ?"
SQUARES = "how many blue squares are there ?"
LEFT = "is the red star left of the blue circle ?"


def test_nothing_is_similar_to_an_empty_archive() -> None:
    assert Archive(10).similarity(STARS) == 0.0
    assert Archive(10).overlap(STARS) == 0.0


def test_a_question_has_similarity_one_with_an_archive_of_itself() -> None:
    archive = Archive(10, [STARS, STARS])
    assert archive.similarity(STARS) == pytest.approx(1.0)
    assert archive.overlap(STARS) == 1.0


def test_a_question_of_the_same_kind_is_more_similar() -> None:
    archive = Archive(10, [STARS])
    assert archive.similarity(SQUARES) > archive.similarity(LEFT)
    assert archive.overlap(SQUARES) > archive.overlap(LEFT)


def test_similarity_is_the_mean_squared_cosine() -> None:
    archive = Archive(10, [STARS, LEFT])
    squares = [float(embed(SQUARES) @ embed(known)) ** 2 for known in (STARS, LEFT)]
    assert archive.similarity(SQUARES) == pytest.approx(sum(squares) / 2)


def test_novelty_grows_as_a_kind_of_question_becomes_rare() -> None:
    common, rare, unseen = (Archive(100, [STARS] * n + [LEFT] * (100 - n)).novelty(STARS) for n in (100, 10, 0))
    assert common == pytest.approx(0.0)
    assert common < rare < unseen <= 1.0
    assert Archive(10).novelty(STARS) == 1.0


def test_the_oldest_questions_are_removed_completely() -> None:
    archive = Archive(2, [LEFT, STARS, SQUARES])
    fresh = Archive(2, [STARS, SQUARES])
    assert archive.questions == [STARS, SQUARES]
    assert archive.similarity(LEFT) == fresh.similarity(LEFT)
    assert archive.overlap(LEFT) == fresh.overlap(LEFT)


def test_text_without_words_has_similarity_zero() -> None:
    assert Archive(10, [STARS]).similarity("?!") == 0.0
