"""Words by which a questioner's reply is read: question words, commands, offers, refusals."""

import re

#: The first word of a question.
INTERROGATIVE = re.compile(
    r"(?:what|which|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|has|have|had|will|would"
    r"|should|am|isn't|aren't|doesn't)(?:['’]s|['’]re)?\b(?!\s+(?:an?\s+(?:beautiful|nice|great|lovely|cute)|to\b))",
    re.IGNORECASE,
)
AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|appears?|seems?)\b|['’](?:s|re)\b",
    re.IGNORECASE,
)
BE = re.compile(r"\b(?:is|are|was|were)\b|['’]s (?!\w+['’]s)", re.IGNORECASE)
#: What comes before a command in its sentence.
_BEFORE = (
    r"(?:(?:please|kindly|now|then|briefly|carefully|first)[ ,]+|(?:in|on|at|from|based on|looking at|using|for|given"
    r"|to the)\b[^,.?!:;]{1,80}, ?)?"
)
_SURE = (
    r"count|describe|identify|determine|estimate|compare|locate|explain|specify|transcribe|enumerate|classify"
    r"|recogni[sz]e|calculate|infer"
)
_UNSURE = (
    r"name|list|state|find|point|select|choose|pick|say|tell|give|rank|sort|order|match|guess|label|spell|complete"
    r"|predict|compute|measure|indicate|mention|translate|report|read|provide|detect|fill|arrange|deduce"
)
_DETERMINER = (
    r"the|all|any|each|every|both|how|what|which|who|whose|where|when|why|whether|if|one|two|three|\d+|an?|this|that"
    r"|these|those|its|his|her|their|me|us|out|from|in|at|on|between|as|aloud|to"
)
_FOREIGN = (
    r"cuent[ae]n?|describ[ae]|nombr[ae]|identifi(?:ca|que|quez|ziere)|indi(?:ca|que|quez)|comptez?|décri(?:s|vez)"
    r"|nommez?|donne[rz]?|zähl(?:e|en)|beschreib(?:e|en)|nenne[n]?|benenne|bestimme|conte|descreva|nomeie|conta"
    r"|descrivi|nomina|elenca|посчитай(?:те)?|опиши(?:те)?|назови(?:те)?|укажи(?:те)?|определи(?:те)?|beschrijf"
    r"|tel|noem|policz|opisz|صف|اذكر|حدد|عد"
)
COMMAND = re.compile(
    rf"{_BEFORE}(?:(?:{_SURE})\s+(?!of\b)\S|(?:{_UNSURE})\s+(?:{_DETERMINER})\b|(?:{_FOREIGN})\s+\S"
    rf"|(?:look|observe|examine|consider|focus|inspect)\b[^.?!]{{1,120}}(?:\band|,|\bthen) (?:{_SURE}|{_UNSURE})\b)"
    r"|(?:请|請)?(?:数一数|数出|描述|指出|说出|列出|识别|判断|说明|请数|计算)|请\w|(?:描いて|数えて|説明して)",
    re.IGNORECASE,
)
COMMAND_END = re.compile(r"(?:ください|なさい|せよ|하세요|하시오|세요|बताइए|बताएं|कीजिए)\s*[.。।!！]?$")
BLANK = re.compile(r"_{3,}|\.{4,}|\[blank\]|^true or false\b|^yes or no\b", re.IGNORECASE)
#: A sentence that directs the view before the question itself.
LOOK = re.compile(
    r"(?:please )?(?:look|observe|examine|consider|focus|inspect|imagine|suppose|assume|view|zoom)\b(?! that\b)"
    r"(?!.{0,40}\bquestion)",
    re.IGNORECASE,
)
#: A question to the person in the conversation, or about the question to be asked.
OFFER = re.compile(
    r"\b(?:you(?:['’]d)? (?:like|want|need|prefer|wish|mean|looking for|referring|wondering|have (?:any|a specific|an)"
    r"|(?:please )?(?:provide|upload|share|send|attach|clarify|rephrase|elaborate|resend|paste|give me))"
    r"|(?:can|may|could|shall|should|do|must|would) (?:i|we) (?:\w+ )?(?:help|assist|ask|do for|generate|create|make"
    r"|provide|rephrase|adjust|support|offer|focus|proceed|start|continue|write|choose|pick|use)\b"
    r"|(?:shall|should|may) (?:i|we)\b|(?:help|assist|assistance to) you\b|i help\b|for you\b"
    r"|your (?:day|mind|thoughts|requests?|name|needs?|image|picture|photo|preference)|how are you|let me know"
    r"|are you (?:ready|sure|there|looking|asking|okay)|you ready|anything else"
    r"|(?:more|additional|further) (?:details?|context|information|info)\b|me to\b)"
    r"|^(?:is|does|was|are|did|how(?:['’]s| is| about| does)|what about)\s+(?:this|that|it|these|those)\s+"
    r"(?:sound |look )?(?:an? )?(?:ok(?:ay)?|fine|good|help\w*|works?|clear|correct|right|acceptable|make sense"
    r"|suit\w*|enough|sufficient)(?: (?:question|choice|for|to) ?\w*| enough)?\s*[?？]"
    r"|ayudar(?:te|le|l[oa]s?)|(?:vous |t['’])aider|(?:ihnen|dir) (?:\w+ )?helfen|ajudar|aiutar(?:ti|la)"
    r"|帮您|帮你|帮助您|帮助你|帮到|手伝い|お役に立|помочь|도와|مساعدت|أساعدك",
    re.IGNORECASE,
)
META = re.compile(
    r"\bquestions?\b(?! marks?)|\bquestioner\b|\bvlms?\b|vision.language|\b(?:language|ai|multimodal) models?\b"
    r"|\bmodels? (?:struggle|fail|miss|confuse|get|overlook|find)\b|\b(?:tricky|challenging)\b"
    r"|\bmake it (?:hard|harder)|\bcould be (?:hard|difficult)|提问|提一个|出题",
    re.IGNORECASE,
)
META_COMMAND = re.compile(
    r"\b(?:answers?|responses?|reply|replies|format|json|tags?|your|output|prompt|following text"
    r"|you (?:want|need|like|would|think|prefer|mean|are|were))\b",
    re.IGNORECASE,
)
#: A gap of a template, which the model should have filled.
GAP = re.compile(r"<[^<>?]{0,60}>|\{[\w ]{0,60}\}|\[(?!blank\])[A-Za-z_ ]{3,40}\]|\.\.\.\s*[?？]?$|…\s*[?？]?$")
#: Words of a model that weighs several questions.
DELIBERATION = re.compile(
    r"\b(?:hmm+|wait|maybe|perhaps|let me think|let's (?:think|see)|or maybe|i (?:could|should|might|need to|have to)"
    r"|actually|instead|on second thought|i'?ll go with)\b",
    re.IGNORECASE,
)
INTERJECTION = re.compile(
    r"(?:sure|okay|ok|certainly|of course|absolutely|great|alright|all right|got it|understood|well|so|hmm+|hi|hello"
    r"|hey|perfect|thanks|thank you|claro|por supuesto|bien sûr|natürlich|klar|当然|好的|当然可以|はい|もちろん)"
    r"(?: (?:thing|there|idea|que sí))?\s*[,!.:;，！。、–—-]+\s*",
    re.IGNORECASE,
)
PREAMBLE = re.compile(
    r"(?:here|this|the following|below|my|i|i['’]d|i['’]ll|let|let['’]s|try|next|one|voici|aquí|hier|ecco|aqui|以下"
    r"|这是|下面)\b[^:：?？]{0,120}[:：]\s*",
    re.IGNORECASE,
)
_CANNOT = r"(?:can(?:['’]?t|not| not)|could(?:n['’]t| not)|unable|not able|won['’]t|impossible|not possible|don['’]t)"
SORRY = re.compile(
    rf"\b(?:sorry|apologi[sz]e|apologies)\b|\b(?:i|it is|it['’]s|i['’]m|i am)\b[^.?!]{{0,30}}{_CANNOT}\b"
    r"|抱歉|对不起|无法|申し訳|できません|lo siento|no puedo|désolée?|je ne peux pas"
    r"|ich kann (?:leider )?(?:keine|nicht)|leider|não posso|desculpe|mi dispiace|не могу|извините|죄송|عذرا|آسف",
    re.IGNORECASE,
)
REFUSES = re.compile(
    rf"{_CANNOT}\b[^.?!]{{0,40}}\b(?:help|assist|comply|fulfil\w*|view|see|process|access|open|display|continue|discuss"
    r"|engage|support|analy[sz]e|look|interpret)\b|\bas an? (?:ai|language|text)\b|against my|\bpolic(?:y|ies)\b"
    r"|\bno image\b|\bguidelines\b|看不到|无法查看|无法看到|no puedo ver|ayudar con es[eoa]",
    re.IGNORECASE,
)
DECLINES = re.compile(
    r"^\W*(?:none|null|nil|n/?a|no question|cannot|can['’]t|declined?|not applicable|not possible|impossible|skip|pass"
    r"|unanswerable|无|没有|なし|ninguna|aucune?|keine|nessuna|nenhuma|нет|없음)\b\W*$"
    r"|\bno (?:\w+ )?questions? (?:can|could|is|about|for|to|possible|applies)\b"
    r"|\b(?:decline|not applicable|no (?:suitable|valid|such|possible|appropriate) \w+"
    r"|not (?:visible|present|possible)"
    r"|(?:does(?:n['’]t| not)|do(?:n['’]t| not)) (?:contain|show|allow|include|have|depict|support|permit))\b"
    r"|\bthere (?:is|are)(?:n['’]t| not| no)\b[^.?!]{0,80}\b(?:image|picture|photo|scene|to ask)\b",
    re.IGNORECASE,
)
EMPTY_ANSWERS = re.compile(
    r"\W*|(?:none|null|n/?a|unknown|your answer(?: here)?|(?:the )?(?:expected |short |correct )?answer(?: here)?)",
    re.IGNORECASE,
)
