"""Finds the final answer in the reply of a chat model."""

import re
from collections.abc import Mapping

from blindspot.json_objects import as_text, json_objects
from blindspot.replies import clean, without_frame, without_thought

#: Characters of a reply that are read: half of them at its start, half at its end.
LONGEST = 8_000
#: Keys of an answer in a JSON object; the first one that an object has counts.
KEYS = ("final_answer", "answer", "ans", "prediction", "choice", "option", "response", "result", "label", "output")

_KEY = re.compile(rf"[\"'“”]?(?:{'|'.join(KEYS)})[\"'“”]?\s*:", re.IGNORECASE)
_TAG = re.compile(r"<(answer|final_answer|final)>(.*?)(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LATEX = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mathit)\s*\{([^{}]*)\}")
_MARKUP = re.compile(r"\*+|`+|^\s*(?:#+|>|[-•])\s+|(?<!\w)_+|_+(?!\w)|\\[()\[\]]|\$(?=.*\$)|(?<=\S)\$$", re.MULTILINE)
_SAYS = re.compile(
    r"\b(?:answer|choice|option|response)(?: to (?:the|this|your) question)?"
    r"(?:\s*[:：=]|\s+(?:is|are|was|would be|should be|will be)\b\s*:?)\s*(?=\S)"
    r"|(?:答案|回答|选项|答え)\s*(?:是|为|應為|应为|は)?\s*[:：]?\s*(?=\S)",
    re.IGNORECASE,
)
_NO_IMAGE = re.compile(
    r"\bno (?:image|picture|photo)s? (?:(?:is|was|were|has been|have been) )?"
    r"(?:provided|attached|uploaded|given|available|included|found|supplied|shared|visible)\b"
    r"|(?:\bnot|n'?t|\bunable to) (?:actually |currently |directly )?(?:see|view|access|find|receive)\w* "
    r"(?:an|any|the|this|your) (?:image|picture|photo|attachment)"
    r"|\bno (?:image|picture|photo)\W*\Z"
    r"|\bplease (?:upload|attach|provide|share) (?:the|an|your) (?:image|picture|photo)",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\A\W*(?:i'?m|i am) (?:very |so |really )?(?:sorry|afraid)\W+(?:but )?i\W*(?:m not able|can|am unable|cannot|won)"
    r"|\A\W*i (?:can(?:no|'?)t|am unable to|am not able to|won'?t) (?:help|assist|comply"
    r"|identify (?:the )?(?:people|person|individual))"
    r"|\A\W*sorry\W+(?:but )?i (?:can(?:no|'?)t|am unable)",
    re.IGNORECASE,
)


def final_answer(reply: str) -> str:
    """Returns the final answer in a reply, or an empty text if a thought does not end or nothing follows it.

    Looks for, in this order: an `<answer>` tag, `\\boxed{…}`, a JSON object with a key such as "answer", and the last
    "answer: …" or "the answer is …". Without any of them, the whole reply is the answer. Removes thoughts, turn
    tokens, Markdown and quotation marks. Of a long reply, only the start and the end are read.
    """
    text = reply
    if not reply.isascii() or "<" in reply or "[" in reply:
        visible = without_thought(reply)
        if not visible.complete:
            return ""
        text = without_frame(_shortened(visible.text))
    text = clean(_shortened(text)).strip()
    if text.isalnum():
        return text
    for read in (_tagged, _boxed, _in_json):
        found = read(text)
        if found is not None and found != text:
            return _said(_plain(found))
    return _said(_plain(text))


def no_answer_reason(answer: str) -> str | None:
    """Returns "no image" or "refused" if an answer says that the model got no image or will not answer, else None."""
    if len(answer) < 8 or " " not in answer:
        return None
    return "no image" if _NO_IMAGE.search(answer) else "refused" if _REFUSES.search(answer) else None


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def _tagged(text: str) -> str | None:
    tags = _TAG.findall(text) if "<" in text else []
    return tags[-1][1].strip() if tags else None


def _boxed(text: str) -> str | None:
    boxes = _BOXED.findall(text) if "\\boxed" in text else []
    return _LATEX.sub(r"\1", boxes[-1]) if boxes else None


def _in_json(text: str) -> str | None:
    if "{" not in text or not (text.startswith("{") or _KEY.search(text)):
        return None
    answer = None
    for found in json_objects(text, KEYS):
        if isinstance(found, Mapping):
            values = {str(key).strip().lower().replace(" ", "_"): value for key, value in found.items()}
            answer = next((as_text(values[key]) for key in KEYS if key in values), answer)
            if answer is None and len(values) == 1:
                answer = as_text(*values.values())
    return answer


def _said(text: str) -> str:
    """Returns the line after the last "answer: …" or "the answer is …", or the text if there is none."""
    says = [*_SAYS.finditer(text)]
    if not says:
        return text
    after = text[says[-1].end() :].strip().split("\n")[0].strip()
    return after if any(map(str.isalnum, after)) else text


def _plain(text: str) -> str:
    """Returns the text without Markdown and without quotation marks around it."""
    if not text.isascii() or any(sign in text for sign in "*`#_$\\>-\"'"):
        text = _MARKUP.sub("", text).strip()
        quoted = re.fullmatch(r"[\"'“”‘’«»「『](.*?)[\"'“”‘’«»」』]\.?", text, re.DOTALL)
        text = quoted[1] if quoted and quoted[1] else text
    return text.strip()
