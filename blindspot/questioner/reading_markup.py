"""Removes markup from a questioner's reply: turn tokens, HTML, code fences, Markdown."""

import html
import re

from blindspot.questioner.reading_labels import kind_of, normal
from blindspot.questioner.reading_words import COMMAND, INTERROGATIVE

BARE_WORDS = 4  # words of the longest label without a colon

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_TABS = re.compile(r"(?<=\S)\t+(?=\S)")  # between columns
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"(?: ?\n){3,}")
_BREAK = re.compile(
    r"\r\n?|[\u2028\u2029]|\\n|<(?:br|hr) ?/?>|</?(?:p|div|li|ul|ol|details|summary|h[1-6]|tr|pre|blockquote)>",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"</?(?:b|i|u|em|strong|span|code|mark|small|html|body|td|th|table|font)>|<[a-z]{1,10} [a-z-]{1,20}=[^<>]{0,200}>"
    r"|<!\[CDATA\[|\]\]>",
    re.IGNORECASE,
)
_TURN_TOKEN = re.compile(
    r"(?:<\|im_start\|>|<\|start\|>|<start_of_turn>|<\|start_header_id\|>|<\|turn\|>)(\w{1,20})"
    r"(?:<\|end_header_id\|>|<\|message\|>)?"
)
_TOKEN = re.compile(
    r"<[|｜][^<>|｜]{1,40}[|｜]>|\[\|\w{1,20}\|\]|<(?:end_of_turn|end_of_utterance|bos|eos|pad|image)>|</?s>|\[/?INST\]"
)
#: A character in JSON: none of ASCII, no surrogate.
_ESCAPE = re.compile(r"\\+u(?!00[0-7]|[dD][89a-fA-F])([0-9a-fA-F]{4})")
_FENCE = re.compile(r"^ ?(?:`{3,}|~{3,})[\w-]{0,20} ?$", re.MULTILINE)

_RULE = re.compile(r"^ ?(?:-{3,}|={3,}|\*{3,}|(?:- ){3,}) ?$", re.MULTILINE)
_TABLE_HEAD = re.compile(r"^[^\n|]{0,80}\|[^\n]{0,300}\n ?\|? ?:?-{2,}[ :|-]{0,200}$", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?:|/|#)[^)\n]{0,500}\)")
_HEADING = re.compile(r"^ ?#{1,6} (.{1,200}?)[ #]*$", re.MULTILINE)
_STRONG = re.compile(r"(\*{2,3}|__)(?=[^\s*_])([^*\n]{1,400}?)\1(?!\w)(?: ?[:：])?")
_LINE = re.compile(r"^[^\w\n]{0,8}([^\W\d_][^\n:：?？؟.!–—-]{0,40}?)[^\w\n)?？؟.!]{0,8}$", re.MULTILINE)
_STARS = re.compile(r"(?<!\w)\*+|(?<![\w#])#{2,6} ?|\*+(?!\w)|~~|`+|\$\$|\\(?:boxed|text)\{|\\[()\[\]]")
_UNDERLINES = re.compile(r"(?<!\w)_{1,2}(?=[^\W_])|(?<=[^\W_])_{1,2}(?!\w)|(?<=[?!.:？؟。])_{1,2}(?!\w)")


def without_codes(text: str) -> str:
    """Returns a reply without HTML, turn tokens, code fences and invisible characters, with single spaces."""
    text = _TABS.sub("\n", _INVISIBLE.sub("", html.unescape(text)))
    text = _TURN_TOKEN.sub(r"\n\1:\n", _FORMAT.sub("", _BREAK.sub("\n", text)))
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), _TOKEN.sub("\n", text))
    text = text.replace('\\"', '"') if '{\\"' in text else text  # JSON that is encoded twice
    return _LINES.sub("\n\n", _SPACES.sub(" ", _FENCE.sub("\n", _SPACES.sub(" ", text)))).strip()


def without_markdown(text: str) -> str:
    """Returns a text without Markdown. A label in bold, in a heading or alone on its line gets a colon."""
    text = _LINK.sub(r"\1", _PICTURE.sub("", _RULE.sub("", _TABLE_HEAD.sub("", text))))
    text = _HEADING.sub(lambda match: _label(match[1]) or match[1], text)
    text = _STRONG.sub(lambda match: _label(match[2]) or match[0].replace(match[1], ""), text)
    text = _LINE.sub(lambda match: _label(match[1]) or match[0], text)
    return _UNDERLINES.sub("", _STARS.sub("", text))


def _label(words: str) -> str:
    """Returns words with a colon if they are a label, else an empty text."""
    bare = words.strip(" :：")
    asks = COMMAND.match(bare) or INTERROGATIVE.match(bare) or bare[-1:] in {"?", "？", "."}
    if asks or kind_of(bare) is None or len(normal(bare).split()) > BARE_WORDS:
        return ""
    return f"{bare}: "
