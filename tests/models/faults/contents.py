"""Contents of a message: texts, parts, thoughts, unusual characters."""

import json

from blindspot.records.unscored import Unscored
from tests.models.fake_server import completion
from tests.models.faults.fault import Fault, body, content

_TEXT = {"type": "text", "text": "yes"}
_MARKS = {"thought_marks": [["«", "»"]]}


_LATIN = {"content-type": "application/json; charset=iso-8859-1"}
_UMLAUT = json.dumps(completion("schön"), ensure_ascii=False)
_REFUSAL = json.dumps(completion(None, refusal="PLACE"))


def _escaped(text: str) -> str:
    """A chat completion whose content is written with JSON escapes."""
    return json.dumps(completion("PLACE")).replace("PLACE", text)


PARTS: list[Fault] = [
    content("plain text", "yes", "yes"),
    content("surrounding blanks", "  yes\n", "yes"),
    content("one text part", [_TEXT], "yes"),
    content("text parts are joined", [{"type": "text", "text": "y"}, {"type": "text", "text": "es"}], "yes"),
    content("texts in a list", ["y", "es"], "yes"),
    content("a part without a type", [{"text": "yes"}], "yes"),
    content("an output_text part", [{"type": "output_text", "text": "yes"}], "yes"),
    content(
        "a thinking part before the text",
        [{"type": "thinking", "thinking": [{"type": "text", "text": "no"}]}, _TEXT],
        "yes",
    ),
    content("a reasoning part", [{"type": "reasoning", "text": "no"}, _TEXT], "yes"),
    content("a redacted thought", [{"type": "redacted_thinking", "data": "x"}, _TEXT], "yes"),
    content("only thinking parts", [{"type": "thinking", "thinking": "no"}], Unscored.THOUGHT_ONLY),
    content("null", None, Unscored.EMPTY),
    content("empty text", "", Unscored.EMPTY),
    content("blank text", " \n\t", Unscored.EMPTY),
    content("an empty list", [], Unscored.EMPTY),
    content("a number", 5, Unscored.UNREADABLE, "int"),
    content("a boolean", True, Unscored.UNREADABLE, "bool"),
    content("an object", {"text": "yes"}, Unscored.UNREADABLE, "dict"),
    content("a list of numbers", [1, 2], Unscored.UNREADABLE, "int"),
    content("a list of null", [None], Unscored.UNREADABLE),
    content("a list in a list", [[_TEXT]], Unscored.UNREADABLE, "list"),
    content("a part whose text is a number", [{"type": "text", "text": 3}], Unscored.UNREADABLE),
    content("a part whose text is null", [{"type": "text", "text": None}], Unscored.UNREADABLE),
    content("a part whose text is an object", [{"type": "text", "text": {"value": "yes"}}], Unscored.UNREADABLE),
    content("a part whose type is a list", [{"type": ["text"], "text": "yes"}], Unscored.UNREADABLE),
    content("a part whose type is an object", [{"type": {}, "text": "yes"}], Unscored.UNREADABLE),
    content("a part whose type is null", [{"type": None, "text": "yes"}], Unscored.UNREADABLE),
    content("an image part", [{"type": "image_url", "image_url": {"url": "x"}}], Unscored.UNREADABLE, "image_url"),
    content(
        "a tool part and a text part", [_TEXT, {"type": "tool_use", "name": "f"}], Unscored.UNREADABLE, "tool_use"
    ),
    content("a refusal part", [{"type": "refusal", "refusal": "I can't."}], Unscored.REFUSED, "I can't."),
    content("message.refusal and null", None, Unscored.REFUSED, "I can't.", refusal="I can't."),
    content("message.refusal and empty text", "", Unscored.REFUSED, "I can't.", refusal="I can't."),
    content("message.refusal is empty", "yes", "yes", refusal=""),
    content("message.refusal is an object", "yes", "yes", refusal={"a": 1}),
    content(
        "a refusal of several lines", None, Unscored.REFUSED, "I can't. Sorry.", refusal="I can't.\n\nSorry.\u2028"
    ),
    content("a very long refusal", None, Unscored.REFUSED, "a a a", refusal="a " * 5000),
    content("tool calls in the message, finished", None, Unscored.EMPTY, tool_calls=[{"id": "1"}]),
]

THOUGHTS: list[Fault] = [
    content("a thought before the answer", "<think>red? blue?</think> blue", "blue"),
    content("a lone closing mark", "red? blue?\n</think>\n\nblue", "blue"),
    content("two closing marks", "red?</think>blue?</think> green", "green"),
    content("an unfinished thought", "<think>red or blue", Unscored.UNFINISHED_THOUGHT, "red or blue"),
    content("an unfinished thought after text", "blue <think>or red", Unscored.UNFINISHED_THOUGHT),
    content("only a thought", "<think>red</think>", Unscored.THOUGHT_ONLY, "red"),
    content("a lone closing mark at the end", "red</think> \n", Unscored.THOUGHT_ONLY),
    content("an empty thought", "<think>\n\n</think>\n\nblue", "blue"),
    content("upper case", "<THINK>red</Think>blue", "blue"),
    content("marks of Mistral", "[THINK]red[/THINK]blue", "blue"),
    content("marks of Kimi", "◁think▷red◁/think▷blue", "blue"),
    content("thinking tags", "<thinking>red</thinking>blue", "blue"),
    content("thought tags", "<thought>red</thought>blue", "blue"),
    content("a nested thought", "<think>a<think>b</think>c</think>blue", "blue"),
    content("a thought after the answer", "blue <think>sure</think>", "blue"),
    content("two thoughts", "<think>a</think>blue<think>b</think>", "blue"),
    content("thought_marks of the endpoint file", "«red»blue", "blue", options=_MARKS),
    content(
        "marks that the endpoint file does not list",
        "<think>red</think>blue",
        "<think>red</think>blue",
        options=_MARKS,
    ),
    content("empty thought_marks in the endpoint file", "<think>red", "<think>red", options={"thought_marks": []}),
    content("reasoning_content and an answer", "yes", "yes", reasoning_content="no"),
    content("reasoning_content and null", None, Unscored.THOUGHT_ONLY, "a star", reasoning_content="a star"),
    content("reasoning and empty text", "", Unscored.THOUGHT_ONLY, "a star", reasoning="a star"),
    content("thinking and null", None, Unscored.THOUGHT_ONLY, "a star", thinking="a star"),
    content("reasoning is a list", None, Unscored.THOUGHT_ONLY, reasoning=[{"text": "a star"}]),
    content("reasoning is a number", "yes", "yes", reasoning=5),
    content("the token limit ends a thought", "<think>hm", Unscored.CUT_OFF, "hm", finish="length"),
    content("the token limit ends reasoning_content", "", Unscored.CUT_OFF, finish="length", reasoning_content="hm"),
    content("the token limit ends an answer", "<think>a</think>ye", Unscored.CUT_OFF, finish="length"),
]

CHARACTERS: list[Fault] = [
    body("a lone surrogate", _escaped("yes \\ud835"), "yes \ufffd"),
    body("a lone surrogate in a refusal", _REFUSAL.replace("PLACE", "no \\udc00"), Unscored.REFUSED, "no \ufffd"),
    body("a surrogate pair", _escaped("\\ud83d\\ude00"), "😀"),
    body("a NUL", _escaped("yes\\u0000"), "yes"),
    body("control characters", _escaped("\\u001b[1myes\\u0007\\u009f"), "[1myes"),
    body("an unescaped line break in a JSON text", _escaped("yes\n"), Unscored.UNREADABLE, "yes", calls=2),
    body("only control characters", _escaped("\\u0000\\u0001"), Unscored.EMPTY),
    content("a line separator", "yes\u2028no", "yes\u2028no"),
    content("a zero-width space", "yes\u200b", "yes\u200b"),
    content("an end-of-turn token", "yes<|im_end|>", "yes"),
    content("an end-of-sequence token", "yes</s>", "yes"),
    content("an image token", "<image> yes", "<image> yes"),
    content("Chinese", "是的。", "是的。"),
    body("a byte order mark before the JSON", b"\xef\xbb\xbf" + json.dumps(completion()).encode(), "yes"),
    body("UTF-16", json.dumps(completion("schön")).encode("utf-16"), "schön"),
    body("UTF-8 declared as latin-1", _UMLAUT, "schön", headers=_LATIN),
    body("latin-1 declared as latin-1", _UMLAUT.encode("latin-1"), "schön", headers=_LATIN),
    body("latin-1 without a charset", _UMLAUT.encode("latin-1"), "sch\ufffdn"),
    body(
        "a charset that does not exist",
        json.dumps(completion()),
        "yes",
        headers={"content-type": "application/json; charset=klingon"},
    ),
    body(
        "bytes that are not text, in an unknown charset",
        b"\xff\xfe\xfd",
        Unscored.UNREADABLE,
        calls=2,
        headers={"content-type": "x; charset=rot13"},
    ),
    content("five megabytes", "x" * 5_000_000, "x" * 5_000_000),
]
