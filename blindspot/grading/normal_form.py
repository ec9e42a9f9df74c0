"""Brings short answers into one normal form, so that equal answers in different spellings become equal texts."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache


def _words(text: str) -> list[str]:
    return text.split()


def _pairs(text: str) -> dict[str, str]:
    """Returns the second part of each word "first/second" by the first."""
    return dict(pair.split("/") for pair in _words(text))


#: Results for texts with more characters are not kept in memory.
CACHED = 200
ARTICLES = frozenset({"a", "an", "the"})
_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = {
    word: 10 * tens for tens, word in enumerate(_words("twenty thirty forty fifty sixty seventy eighty ninety"), 2)
}
_NUMBERS = {word: number for number, word in enumerate(_UNITS)} | _TENS
_OTHER_NUMBERS = {"dozen": "12", "hundred": "100"} | _pairs(
    "first/1st second/2nd third/3rd fourth/4th fifth/5th sixth/6th seventh/7th eighth/8th ninth/9th tenth/10th"
)
_NUMBER_WORDS = _NUMBERS.keys() | _OTHER_NUMBERS.keys()
#: Singular of plurals that the rules in `_one_spelling` do not cover.
_IRREGULAR = _pairs(
    "people/person men/man women/woman children/child feet/foot teeth/tooth mice/mouse geese/goose oxen/ox "
    "knives/knife leaves/leaf shelves/shelf bookshelves/bookshelf loaves/loaf wolves/wolf halves/half calves/calf "
    "scarves/scarf wives/wife lives/life thieves/thief hooves/hoof elves/elf skis/ski taxis/taxi bikinis/bikini "
    "kiwis/kiwi zucchinis/zucchini menus/menu emus/emu lenses/lens gases/gas buses/bus viruses/virus "
    "cactuses/cactus cacti/cactus octopuses/octopus walruses/walrus campuses/campus circuses/circus canvases/canvas "
    "atlases/atlas policemen/policeman policewomen/policewoman firemen/fireman fishermen/fisherman "
    "snowmen/snowman quizzes/quiz"
)
#: Words with a final s that are no plurals.
_NOT_PLURAL = frozenset(_words("lens canvas atlas christmas texas kansas always perhaps does whereas"))
#: Plurals that name another thing than their singular; they are kept if they are the whole text.
_OTHER_THING = frozenset({"glasses", "shorts", "customs"})
#: American spelling of British words, in the form of `_one_spelling`, and one form of words with several.
_SPELLINGS = _pairs(
    "colour/color coloured/colored multicoloured/multicolored grey/gray greyish/grayish centre/center metre/meter "
    "theatre/theater litre/liter fibre/fiber aeroplane/airplane plane/airplane tyre/tire moustach/mustach "
    "doughnut/donut pyjama/pajama jewellery/jewelry yoghurt/yogurt catalogue/catalog plough/plow "
    "favourite/favorite harbour/harbor neighbour/neighbor armour/armor kerb/curb mould/mold aluminium/aluminum "
    "travelling/traveling traveller/traveler sceptre/scepter cosy/cozy omelette/omelet storey/story "
    "programme/program tv/television telly/television racquet/racket fridge/refrigerator photo/photograph "
    "ok/okay alright/okay"
)
_KEPT_TOGETHER = re.compile(r"(?<![^\W_])(?:-?\d+(?:[.:/]\d+)+|-\d+)")
_CONTRACTIONS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b(can)(?:no|')?t\b", r"\1 not"),
        (r"\bwon'?t\b", "will not"),
        (r"\b(is|are|was|were|do|does|did|has|have|had|could|would|should)n'?t\b", r"\1 not"),
        (r"\b(it|that|there|what|he|she|who|where)'s\b", r"\1 is"),
        (r"\b(they|we|you|there)'re\b", r"\1 are"),
        (r"\bi'm\b", "i am"),
        (r"'ve\b", " have"),
        (r"(?<=\w)'s\b|(?<=s)'(?!\w)", ""),
    )
)
_SPACE = re.compile(r"(?<!\d) | (?!\d)")
_DIGIT = re.compile(r"\d")
_CONTRACTED = re.compile(r"'|n(?:o|')?t\b")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+)(?![\d,])")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,])")
_DECIMAL_ZEROS = re.compile(r"(?<![\d.])(\d+)(\.\d*?)0+(?![\d:/]|\.\d)")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")  # u.s.a.
_ACCENT = re.compile("([a-z])[\u0300-\u036f]+")
_HARAKAT = re.compile("[\u0640\u064b-\u0652]")  # Arabic vowel signs and the tatweel, which many writers leave out
_SIGNS = str.maketrans(
    dict.fromkeys("’‘ʼ´`", "'") | dict.fromkeys("−‐‑", "-") | {"⁄": "/"} | dict.fromkeys("%$€£¥", " ")
)


def normal_form(text: str) -> str:
    """Returns the normal form of a short text: lower-case words in the singular, separated by single spaces.

    Removes articles, punctuation, symbols, accents of Latin letters and Arabic vowel signs; writes numbers up to 999
    as digits without thousands separators and trailing zeros, contractions in full and words in American spelling. A
    text in which nothing else is left, such as "?" or "the", keeps its characters or its articles. The form is for
    comparison and not for display: "mustache" becomes "mustach". It does not change when it is normalised again.

    Follows the answer processing of VQA (Antol et al., *VQA: Visual Question Answering*, ICCV 2015), which covers
    case, punctuation, articles, contractions and numbers up to ten.
    """
    return _cached(text) if len(text) <= CACHED else _normal_form(text)


def _normal_form(text: str) -> str:
    plain = _plain(text)
    parts = _spelled(plain).split()
    solid = [part for part in parts if any(map(str.isalnum, part))]
    if len(solid) == 1 and (word := " ".join(_tokens(solid[0]))) in _OTHER_THING:
        return word
    words = [word for part in parts for word in _normalised(part)]
    words = [word for word in words if word not in ARTICLES] or words
    if not _NUMBER_WORDS.isdisjoint(words):
        words = [*_numbers(words)]
    return " ".join(words) or " ".join(plain.split())


_cached = lru_cache(maxsize=2**16)(_normal_form)


def compact(form: str) -> str:
    """Returns a normal form without the spaces that do not separate digits: "t shirt" and "tshirt" become equal."""
    return _SPACE.sub("", form) if " " in form else form


def _plain(text: str) -> str:
    """Returns the text in one Unicode form and lower case; digits of other scripts become ASCII digits."""
    if text.isascii():
        return text.lower().translate(_SIGNS) if any(sign in text for sign in "`$%") else text.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold().translate(_SIGNS))
    folded = _HARAKAT.sub("", _ACCENT.sub(r"\1", unicodedata.normalize("NFD", folded)))
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in folded)
    return unicodedata.normalize("NFC", "".join(digits)).translate(_SIGNS)


def _spelled(text: str) -> str:
    """Returns the text with contractions in full and numbers in their plain form."""
    if _CONTRACTED.search(text):
        for pattern, replacement in _CONTRACTIONS:
            text = pattern.sub(replacement, text)
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    if _DIGIT.search(text):
        text = _THOUSANDS.sub(lambda match: match[1].replace(",", ""), text)
        text = _DECIMAL_COMMA.sub(r"\1.\2", text)
        text = _DECIMAL_ZEROS.sub(lambda match: match[1] + match[2].rstrip("."), text)
    return text


def _tokens(word: str) -> Iterator[str]:
    """Yields the words in a text without spaces: "t-shirt." → "t", "shirt". Keeps 3.5, 7:30, 1/2 and -1."""
    end = 0
    for number in _KEPT_TOGETHER.finditer(word):
        yield from _without_punctuation(word[end : number.start()])
        yield number[0]
        end = number.end()
    yield from _without_punctuation(word[end:])


def _without_punctuation(text: str) -> list[str]:
    """Returns the words of a text. Removes apostrophes; other punctuation and symbols separate words."""
    letters = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text if sign != "'")
    return "".join(letters).split()


@lru_cache(maxsize=2**15)
def _normalised(part: str) -> tuple[str, ...]:
    """Returns the words in a text without spaces, each in the singular and in one spelling."""
    return tuple(map(_one_spelling, _tokens(part)))


def _one_spelling(word: str) -> str:
    """Returns the singular of a word in one spelling."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.isascii() or len(word) < 4:
        return _SPELLINGS.get(word, word)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _NOT_PLURAL:
        word = word[:-1]
    if len(word) >= 4 and word.endswith(("che", "she", "ze", "xe", "oe", "sse")):
        word = word[:-1]  # as in "boxes" and "tomatoes"; "axe" and "size" lose theirs too, so they stay equal
    elif len(word) >= 4 and word.endswith("ie"):
        word = f"{word[:-2]}y"
    return _SPELLINGS.get(word, word)


def _numbers(words: list[str]) -> Iterator[str]:
    """Yields the words; number words become digits: "twenty", "one" → "21"; "two", "hundred" → "200"."""
    place = 0
    while place < len(words):
        word, place = words[place], place + 1
        following = words[place] if place < len(words) else ""
        if word not in _NUMBERS:
            yield _OTHER_NUMBERS.get(word, word)
        elif word in _TENS and 0 < _NUMBERS.get(following, 0) < 10:
            yield str(_NUMBERS[word] + _NUMBERS[following])
            place += 1
        elif following == "hundred" and 0 < _NUMBERS[word] < 10:
            yield f"{_NUMBERS[word]}00"
            place += 1
        else:
            yield str(_NUMBERS[word])
