"""Reads the answer options that follow a question, without the mark of the right one."""

import re
from collections.abc import Iterator

OPTIONS = 10  # most options of a question
OPTION_WORDS = 12  # words of the longest option
REACH = 600  # characters after the question in which options are searched
_NOUN = r" (?:answer|choice|option|one)"
#: "right" alone may be a direction.
_VERDICT = (
    rf"(?:(?:this|that|it) (?:is|one is) )?(?:the )?(?:(?:right|wrong|true|expected){_NOUN}|(?:in)?correct(?:{_NOUN})?"
    r"|true|false|answer|正确(?:答案)?|correct[ao])"
)
_IN_BRACKETS = rf"[(\[（] ?{_VERDICT} ?[.!]?[)\]）]"
#: A mark that reveals the right option.
RIGHT = re.compile(
    rf" ?(?:(?:[←⬅→]|<[-=]+|[-–—=]+>?) ?{_VERDICT}\b[^\n]*?(?= [(\[]?[A-J][).:\]] |\n|$)|{_IN_BRACKETS}"
    rf"|[(\[（]?[✓✔✅☑✗✘❌☒☐⬅←]\ufe0f?[)\]）]?"
    rf"|<[-=]{{2,}}|\*+|\[[ xX]?\](?=\s|$)|(?<=\w) (?:is )?(?:the )?correct(?:{_NOUN})?(?=[ .!]*(?:\n|$)))",
    re.IGNORECASE,
)
_CORRECT = re.compile(rf" (?:is )?(?:the )?correct(?:{_NOUN})?$", re.IGNORECASE)
#: Such a mark within a question: only those that cannot be its own words.
VERDICT = re.compile(rf"\s*(?:{_IN_BRACKETS}|[(\[（]?[✓✔✅☑✗✘❌☒]\ufe0f?[)\]）]?)", re.IGNORECASE)
_TITLE = re.compile(
    r"[\s*_(\[]*(?:(?:answer )?(?:options|choices|choose from|select one|pick one)|选项|選択肢|opciones|optionen"
    r"|choix)[\s*_]*[:：]?[\s*_]*",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?:(?<=^)|(?<=[\s,;/|]))[(\[（]?([A-Ja-j])[).:：\]）、．]+\s*(?=\S)")
_NUMBER = re.compile(r"(?:(?<=^)|(?<=[\s,;/|]))[(\[（]?(\d{1,2})[).:：\]）、．]\s+(?=\S)")


def options_after(text: str) -> str:
    """Returns the options at the beginning of a text on one line: "A) red B) blue". Empty if there are none."""
    text = RIGHT.sub("", text[:REACH])
    title = _TITLE.match(text)
    body = text[title.end() :] if title else text.lstrip()
    lettered = _read(body, _LETTER)
    if lettered or not title:
        return f"{_named(title)}{lettered}" if lettered else ""
    numbered = _read(body, _NUMBER)
    listed = numbered or _listed(body)
    return f"{_named(title)}{listed}" if listed else ""


def has_options(text: str) -> bool:
    """Returns whether a text begins with lettered options."""
    return bool(_read(text[:REACH].lstrip(), _LETTER))


def _named(title: re.Match[str] | None) -> str:
    words = "".join(title[0].strip(" \n*_([:：")) if title else ""
    return f"{words}: " if words else ""


def _read(text: str, mark: re.Pattern[str]) -> str:
    """Returns options whose marks count up from the first one at the start of the text."""
    found = [*_in_order(text, mark)]
    if len(found) < 2 or found[0].start() > 0:
        return ""
    options = []
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        option = text[match.end() : end].strip()
        option = re.split(r"\n|[?？]|(?<=\w)[.;]\s" if index + 1 == len(found) else r"\n(?=\n)", option)[0]
        option = _CORRECT.sub("", " ".join(option.split()).rstrip(",;|/. "))
        if not option or len(option.split()) > OPTION_WORDS or "?" in option:
            return ""
        options.append(f"{match[0].strip()} {option}")
    return " ".join(options)


def _in_order(text: str, mark: re.Pattern[str]) -> Iterator[re.Match[str]]:
    expected = None
    for match in mark.finditer(text):
        name = match[1].lower()
        number = int(name) if name.isdigit() else ord(name) - ord("a") + 1
        if number != (1 if expected is None else expected) or number > OPTIONS:
            continue
        expected = number + 1
        yield match


def _listed(text: str) -> str:
    """Returns a list on one line, or one item a line, as items between commas."""
    lines = text.split("\n")
    parts = re.split(r"\s*[,/|;、，]\s*|\s+or\s+", lines[0].strip(" .)]"))
    if len(parts) < 2:
        parts = []
        for line in lines:
            if not line.strip() or re.search(r"[:：?]", line):
                break
            parts.append(line.strip())
    parts = [" ".join(part.split()) for part in parts if part.strip()]
    fits = 2 <= len(parts) <= OPTIONS and all(0 < len(part.split()) <= OPTION_WORDS for part in parts)
    return ", ".join(parts) if fits else ""
