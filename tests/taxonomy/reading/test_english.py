import csv
from pathlib import Path

import pytest

from blindspot.taxonomy.reading.english import FEWEST, has_english, not_english

HERE = Path(__file__).parent
#: twenty questions or fewer in each language; German "was", Dutch "is" and Danish "have" are English words too
OTHER = {
    "German": "Was ist in der Hand?|Wie viele Hunde sind im Bild?|Ist der Mann links?|Wer war also so alt?",
    "Dutch": "Wat is er op tafel?|Is de man over de brug?|Heeft de hond een bal of een stok?|Hoeveel honden zijn er?",
    "Danish": "Hvor mange hunde er der for?|Er der en and i dammen?|Hvad har han i sin have?|Hvem er under bordet?",
    "French": "Combien de chats y a-t-il ?|De quelle couleur est la voiture ?|Que tient la femme sur la photo ?",
    "Spanish": "¿Cuántos perros hay?|¿Hay una mesa en la imagen?|¿El hombre tiene barba o no?|¿Has visto la casa?",
    "Polish": "Ile psów jest na zdjęciu?|Co to jest?|Czy on ma most?|Jaki kolor ma samochód?",
    "Chinese": "图中有几只猫？|红色的汽车在左边吗？|这个标志上写着什么字？",
    "Japanese": "猫は何匹いますか？|車は何色ですか？",
    "Russian": "Сколько кошек на картинке?|Какого цвета машина?",
    "Arabic": "كم عدد القطط؟|ما لون السيارة؟",
    "Hindi": "कितनी बिल्लियाँ हैं?|कार का रंग क्या है?",
    "Turkish": "Kaç kedi var?|Araba ne renk?",
}  # fmt: skip


@pytest.mark.parametrize("language", OTHER)
def test_questions_in_other_languages_are_reported_with_their_share(language: str) -> None:
    questions = OTHER[language].split("|")
    assert not any(map(has_english, questions))
    said = not_english((questions * FEWEST)[:FEWEST])
    assert said == "100\u00a0% of the questions have no English word, and only English is read"


def test_english_questions_of_all_kinds_are_not_reported() -> None:
    for name in ("general.csv", "development.csv"):
        with (HERE / name).open(encoding="utf-8") as file:
            questions = [row["question"] for row in csv.DictReader(file)]
        known = sum(map(has_english, questions))
        assert known / len(questions) > 0.97 and not_english(questions) is None


def test_few_questions_show_nothing_and_half_of_many_is_not_most() -> None:
    chinese = ["图中有几只猫？"]
    assert not_english(chinese * (FEWEST - 1)) is None and not_english([]) is None
    assert not_english(chinese * 20 + ["how many cats are there ?"] * 20) is None
    assert "60\u00a0%" in (not_english(chinese * 30 + ["how many cats are there ?"] * 20) or "")
