"""What the message of a reply holds: texts, parts, thoughts, odd characters."""

import json

from blindspot.records.unscored import Unscored
from tests.models.fake_server import completion
from tests.models.faults.fault import Fault, body, said

_TEXT = {"type": "text", "text": "yes"}
_MARKS = {"thought_marks": [["«", "»"]]}


_LATIN = {"content-type": "application/json; charset=iso-8859-1"}
_UMLAUT = json.dumps(completion("schön"), ensure_ascii=False)
_REFUSAL = json.dumps(completion(None, refusal="PLACE"))


def _escaped(text: str) -> str:
    """A chat completion whose content is written with JSON escapes."""
    return json.dumps(completion("PLACE")).replace("PLACE", text)


PARTS: list[Fault] = [
    said("plain text", "yes", "yes"),
    said("blanks around the text", "  yes\n", "yes"),
    said("one text part", [_TEXT], "yes"),
    said("text parts are joined", [{"type": "text", "text": "y"}, {"type": "text", "text": "es"}], "yes"),
    said("texts in a list", ["y", "es"], "yes"),
    said("a part without a type", [{"text": "yes"}], "yes"),
    said("an output_text part", [{"type": "output_text", "text": "yes"}], "yes"),
    said(
        "a thinking part before the text",
        [{"type": "thinking", "thinking": [{"type": "text", "text": "no"}]}, _TEXT],
        "yes",
    ),
    said("a reasoning part", [{"type": "reasoning", "text": "no"}, _TEXT], "yes"),
    said("a redacted thought", [{"type": "redacted_thinking", "data": "x"}, _TEXT], "yes"),
    said("thinking parts alone", [{"type": "thinking", "thinking": "no"}], Unscored.THOUGHT_ONLY),
    said("null", None, Unscored.EMPTY),
    said("empty text", "", Unscored.EMPTY),
    said("blank text", " \n\t", Unscored.EMPTY),
    said("an empty list", [], Unscored.EMPTY),
    said("a number", 5, Unscored.UNREADABLE, "int"),
    said("a boolean", True, Unscored.UNREADABLE, "bool"),
    said("an object", {"text": "yes"}, Unscored.UNREADABLE, "dict"),
    said("a list of numbers", [1, 2], Unscored.UNREADABLE, "int"),
    said("a list of null", [None], Unscored.UNREADABLE),
    said("a list in a list", [[_TEXT]], Unscored.UNREADABLE, "list"),
    said("a part whose text is a number", [{"type": "text", "text": 3}], Unscored.UNREADABLE),
    said("a part whose text is null", [{"type": "text", "text": None}], Unscored.UNREADABLE),
    said("a part whose text is an object", [{"type": "text", "text": {"value": "yes"}}], Unscored.UNREADABLE),
    said("a part whose type is a list", [{"type": ["text"], "text": "yes"}], Unscored.UNREADABLE),
    said("a part whose type is an object", [{"type": {}, "text": "yes"}], Unscored.UNREADABLE),
    said("a part whose type is null", [{"type": None, "text": "yes"}], Unscored.UNREADABLE),
    said("an image part", [{"type": "image_url", "image_url": {"url": "x"}}], Unscored.UNREADABLE, "image_url"),
    said("a tool part beside text", [_TEXT, {"type": "tool_use", "name": "f"}], Unscored.UNREADABLE, "tool_use"),
    said("a refusal part", [{"type": "refusal", "refusal": "I can't."}], Unscored.REFUSED, "I can't."),
    said("message.refusal and null", None, Unscored.REFUSED, "I can't.", refusal="I can't."),
    said("message.refusal and empty text", "", Unscored.REFUSED, "I can't.", refusal="I can't."),
    said("message.refusal is empty", "yes", "yes", refusal=""),
    said("message.refusal is an object", "yes", "yes", refusal={"a": 1}),
    said("a refusal of several lines", None, Unscored.REFUSED, "I can't. Sorry.", refusal="I can't.\n\nSorry.\u2028"),
    said("a very long refusal", None, Unscored.REFUSED, "a a a", refusal="a " * 5000),
    said("tool calls in the message, finished", None, Unscored.EMPTY, tool_calls=[{"id": "1"}]),
]

THOUGHTS: list[Fault] = [
    said("a thought before the answer", "<think>red? blue?</think> blue", "blue"),
    said("a lone closing mark", "red? blue?\n</think>\n\nblue", "blue"),
    said("two closing marks", "red?</think>blue?</think> green", "green"),
    said("a thought that does not end", "<think>red or blue", Unscored.UNFINISHED_THOUGHT, "red or blue"),
    said("a thought that does not end behind text", "blue <think>or red", Unscored.UNFINISHED_THOUGHT),
    said("a thought and nothing else", "<think>red</think>", Unscored.THOUGHT_ONLY, "red"),
    said("a lone closing mark at the end", "red</think> \n", Unscored.THOUGHT_ONLY),
    said("an empty thought", "<think>\n\n</think>\n\nblue", "blue"),
    said("capitals", "<THINK>red</Think>blue", "blue"),
    said("marks of Mistral", "[THINK]red[/THINK]blue", "blue"),
    said("marks of Kimi", "◁think▷red◁/think▷blue", "blue"),
    said("thinking tags", "<thinking>red</thinking>blue", "blue"),
    said("thought tags", "<thought>red</thought>blue", "blue"),
    said("a thought in a thought", "<think>a<think>b</think>c</think>blue", "blue"),
    said("a thought behind the answer", "blue <think>sure</think>", "blue"),
    said("two thoughts", "<think>a</think>blue<think>b</think>", "blue"),
    said("marks of the endpoint file", "«red»blue", "blue", options=_MARKS),
    said("other marks than the endpoint file's", "<think>red</think>blue", "<think>red</think>blue", options=_MARKS),
    said("no marks in the endpoint file", "<think>red", "<think>red", options={"thought_marks": []}),
    said("reasoning_content beside the answer", "yes", "yes", reasoning_content="no"),
    said("reasoning_content and null", None, Unscored.THOUGHT_ONLY, "a star", reasoning_content="a star"),
    said("reasoning and empty text", "", Unscored.THOUGHT_ONLY, "a star", reasoning="a star"),
    said("thinking and null", None, Unscored.THOUGHT_ONLY, "a star", thinking="a star"),
    said("reasoning is a list", None, Unscored.THOUGHT_ONLY, reasoning=[{"text": "a star"}]),
    said("reasoning is a number", "yes", "yes", reasoning=5),
    said("the token limit ends a thought", "<think>hm", Unscored.CUT_OFF, "hm", finish="length"),
    said("the token limit ends reasoning_content", "", Unscored.CUT_OFF, finish="length", reasoning_content="hm"),
    said("the token limit ends an answer", "<think>a</think>ye", Unscored.CUT_OFF, finish="length"),
]

CHARACTERS: list[Fault] = [
    body("half a surrogate pair", _escaped("yes \\ud835"), "yes \ufffd"),
    body("half a surrogate pair in a refusal", _REFUSAL.replace("PLACE", "no \\udc00"), Unscored.REFUSED, "no \ufffd"),
    body("a whole surrogate pair", _escaped("\\ud83d\\ude00"), "😀"),
    body("a NUL", _escaped("yes\\u0000"), "yes"),
    body("control characters", _escaped("\\u001b[1myes\\u0007\\u009f"), "[1myes"),
    body("a raw line end in a JSON text", _escaped("yes\n"), Unscored.UNREADABLE, "yes", calls=2),
    body("control characters alone", _escaped("\\u0000\\u0001"), Unscored.EMPTY),
    said("a line separator", "yes\u2028no", "yes\u2028no"),
    said("a zero-width space", "yes\u200b", "yes\u200b"),
    said("an end-of-turn token", "yes<|im_end|>", "yes"),
    said("an end-of-sequence token", "yes</s>", "yes"),
    said("an image token", "<image> yes", "<image> yes"),
    said("Chinese", "是的。", "是的。"),
    body("a byte order mark before the JSON", b"\xef\xbb\xbf" + json.dumps(completion()).encode(), "yes"),
    body("UTF-16", json.dumps(completion("schön")).encode("utf-16"), "schön"),
    body("UTF-8 called latin-1", _UMLAUT, "schön", headers=_LATIN),
    body("latin-1 called latin-1", _UMLAUT.encode("latin-1"), "schön", headers=_LATIN),
    body("latin-1 called nothing", _UMLAUT.encode("latin-1"), "sch\ufffdn"),
    body(
        "a charset that does not exist",
        json.dumps(completion()),
        "yes",
        headers={"content-type": "application/json; charset=klingon"},
    ),
    body(
        "bytes that are no text, in a charset that is none",
        b"\xff\xfe\xfd",
        Unscored.UNREADABLE,
        calls=2,
        headers={"content-type": "x; charset=rot13"},
    ),
    said("five megabytes", "x" * 5_000_000, "x" * 5_000_000),
]
