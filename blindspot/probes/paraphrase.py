"""Paraphrases questions with rules that a person can check."""

import re

_THING = r"(?P<thing>[\w' -]+?)"
_NAMED = r"(?P<thing>(?:the|this|that|these|those) [\w' -]+?)"
_PLACE = r"(?P<place>(?: (?:in|on|at|within) [\w' -]+)?)"  # "on the table"
_ATTRIBUTE = r"(?P<attribute>colou?r|shape|size)"
_END = r"(?P<end> ?\?)"
#: Patterns for a whole question, each with a paraphrase. The embedded models know all of these words.
RULES = tuple(
    (re.compile(pattern + _END, re.IGNORECASE), f"{same}{{end}}")
    for pattern, same in (
        (rf"how many {_THING} are there{_PLACE}", "how many {thing} do you see{place}"),
        (rf"how many {_THING} (?:do|can) you see{_PLACE}", "how many {thing} are there{place}"),
        (rf"(?:is|are) there (?P<some>an?|any) {_THING}{_PLACE}", "do you see {some} {thing}{place}"),
        (rf"(?:do|can) you see (?P<some>an?) {_THING}{_PLACE}", "is there {some} {thing}{place}"),
        (rf"(?:do|can) you see any {_THING}{_PLACE}", "are there any {thing}{place}"),
        (rf"what {_ATTRIBUTE} is {_NAMED}", "what is the {attribute} of {thing}"),
        (rf"what is the {_ATTRIBUTE} of {_NAMED}", "what {attribute} is {thing}"),
    )
)
#: Any other question of one sentence. It gets the words "in the image" unless it mentions the image (_IMAGE).
_QUESTION = re.compile(
    r"(?:what|which|how|where|who|whose|why|when|is|are|was|were|does|do|did|has|have|can)\b[^.?!:;\n\r]*\?",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\b(?:image|picture|photo|photograph|scene)\b", re.IGNORECASE)


def paraphrases(question: str) -> list[str]:
    """Returns paraphrases of the question, the most different first; none if no rule surely keeps the meaning."""
    text = question.strip()
    found = []
    for pattern, same in RULES:
        if match := pattern.fullmatch(text):
            found.append(same.format_map(match.groupdict()))
    if _QUESTION.fullmatch(text) and not _IMAGE.search(text):
        end = " ?" if text.endswith(" ?") else "?"
        asked = text[: -len(end)]
        comma = " , " if end == " ?" else ", "
        found += [f"{asked} in the image{end}", f"in the image{comma}{asked[0].lower()}{asked[1:]}{end}"]
    return [one[0].upper() + one[1:] if text[0].isupper() else one for one in found]
