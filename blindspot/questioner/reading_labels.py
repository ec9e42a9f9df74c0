"""Labels in a questioner's reply: the words before a colon, the names of tags, the keys of JSON objects."""

import re
from enum import StrEnum

from blindspot.questioner.reading_words import INTERROGATIVE

LABEL_WORDS = 14  # of the longest label
OTHER_WORDS = 5  # words of the longest label that announces neither a question nor an answer


class Kind(StrEnum):
    """What a part of a reply holds."""

    QUESTION = "question"
    ANSWER = "answer"
    DECLINE = "decline"
    OTHER = "other"  # an explanation, a category, a difficulty …
    TURN = "turn"  # what the user, or the assistant, says
    PLAIN = "plain"  # text without a label


_QUESTION = (
    r"\b(?:questions?|query|quesiton|qn?|pregunta|pergunta|domanda|frage|bildfrage|vraag|fråga|вопрос|soru|pytanie"
    r"|pertanyaan|command|challenge|prompt|task|instruction)(?:\d{1,2})?\b"
    r"|câu hỏi|سؤال|प्रश्न|सवाल|问题|問題|提问|質問|设问|问|問"
    r"|질문"
)
_ANSWER = (
    r"\b(?:answers?|ans|answered|solution|groundtruth|truth|gt|gold|response|respuesta|resposta|risposta|antwort"
    r"|lösung|antwoord|svar|réponse|reponse|ответ|cevap|odpowiedź|jawaban)(?:\d{1,2})?\b"
    r"|trả lời|đáp án|جواب|الإجابة|إجابة|उत्तर|जवाब|答案|回答|答え|解答|正解|答|답변|정답|답"
)
_OTHER = (
    r"\b(?:explanations?|reason(?:s|ing|ed)?|rationale|notes?|thoughts?|thinking|think|thought_process|analysis"
    r"|scratchpad|observations?|description|desc|caption|difficulty|category|type|target|skills?|hint|evidence|context"
    r"|steps?|plan|reflection|confidence|score|topic|level|id|ids|difficult|hard|tests?|purpose|goal|justification"
    r"|comment|why|summary|metadata|focus|explicación|explication|erklärung|begründung"
    r"|explicação|spiegazione|explicacion|razonamiento|raisonnement|обоснование|объяснение|uitleg)\b"
    r"|解释|解析|说明|説明|理由|分析|思考|解説|설명|이유|描述"
)
_ADJECTIVE = (
    r"(?:(?:the|my|an?|your|expected|correct|right|true|final|reference|short|possible|model|sample|gold|ground|best|likely"
    r"|suggested|accepted|intended|ideal)[\s*_-]+|参考|标准|正确)"
)
_ANSWER_PHRASE = re.compile(f"{_ADJECTIVE}{{0,4}}(?:{_ANSWER})", re.IGNORECASE)
_DECLINE = r"\b(?:declined?|declines|cannot|cant|refusal|refused|refuse|unanswerable|not_possible|impossible)\b"
_NOUN = re.compile(
    f"(?P<question>{_QUESTION})|(?P<answer>{_ANSWER})|(?P<decline>{_DECLINE})|(?P<other>{_OTHER})", re.IGNORECASE
)
#: What follows one of these words in a label describes the noun before it.
_MODIFIER = re.compile(
    r"\b(?:to|for|of|about|that|which|who|where|with|without|on|in|at|from|regarding|based|designed|requiring|testing"
    r"|targeting|focus\w*|is|are|was|would|should|could|can|will|per|zu|zum|zur|sobre|sur|para|à|del?|von|über)\b"
)
_TURN = re.compile(
    r"(?:the )?(?:user|human|assistant|ai|bot|model|system|chatgpt|gpt|claude|gemini|gemma|qwen|student|teacher"
    r"|questioner|interviewer|examiner|candidate|answerer|responder|vlm|you|me)(?: \d)?"
)
_ASKS = re.compile(r"\b(?:ask(?:ing)?(?: (?:you|is|this|the model|about the image|about this image))?)$")
_FIRST = re.compile(r"\b(?:final|best|chosen|selected|revised|improved|actual|ultimate)\b|最终")
_LAST = re.compile(
    r"\b(?:draft|initial|original|discarded|rejected|bad|weak|too easy|alternatives?|alternatively|another|other|next"
    r"|follow|followup|previous|old|also|bonus|optional|backup|second|third|prompt|task|instruction)\b"
)
_BARE_ANSWER = re.compile(r"a ?\d{0,2}|r|ans|rpta|antw|rép")
#: Between words: punctuation, but no combining marks, which \w leaves out.
_SEPARATOR = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|[\s!-/:-@\[-`{-~\u2000-\u206f\u2190-\u27bf\u3000-\u3020\uff00-\uff0f]+"
)
_REMARK = re.compile(r"[(（][^()（）]*[)）]")


def normal(label: str) -> str:
    """Returns a label, key or tag name in lower case, its words separated by single spaces."""
    return " ".join(_SEPARATOR.sub(" ", label).lower().split())


def kind_of(label: str) -> Kind | None:
    """Returns what a label, key or tag name announces, or None if it is no label.

    The noun decides, without what follows it: "question type" announces no question, "answer to the question" an
    answer.
    """
    text = normal(_REMARK.sub(" ", label)) or normal(label)
    words = text.split()
    if not 0 < len(words) <= LABEL_WORDS:
        return None
    if _BARE_ANSWER.fullmatch(text):
        return Kind.ANSWER
    if _TURN.fullmatch(text):
        return Kind.TURN
    if _ASKS.search(text):
        return Kind.QUESTION
    noun = _NOUN.search(text)
    if not noun or (len(words) > 2 and INTERROGATIVE.match(text) and not text.startswith("why")):
        return None
    modifier = _MODIFIER.search(text, noun.end())
    nouns = [*_NOUN.finditer(text, noun.start(), modifier.start() if modifier else len(text))]
    kind = Kind(str((nouns[0] if text.startswith("why") else nouns[-1]).lastgroup))
    if text.startswith("why") or (kind is Kind.OTHER and len(words) > OTHER_WORDS):
        return Kind.OTHER if len(words) <= OTHER_WORDS + 3 else None
    return kind


def answer_start(label: str) -> int:
    """Returns where the words for an answer begin in its label: 6 in "green Answer"."""
    phrase = _ANSWER_PHRASE.search(label)
    return phrase.start() if phrase else 0


def rank_of(label: str) -> int:
    """Returns 1 for the label of a final question, -1 for that of a draft or an alternative, 0 for any other."""
    text = normal(label)
    return 1 if _FIRST.search(text) else -1 if _LAST.search(text) else 0
