"""The words that the primitives extractor knows. It keeps every other word as a part of the name of an object."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COLOURS = _words("red green blue yellow purple violet orange black white grey gray brown pink beige golden silver")
SIZES = _words("small little tiny large big huge tall short long wide narrow thick thin")
SHAPES = _words("round triangular rectangular oval curved straight flat pointed")
MATERIALS = _words(
    "wooden metal metallic plastic glass leather stone paper ceramic rubber velvet linen cotton brick concrete"
)
TEXTURES = _words("striped plaid dotted spotted checkered plain shiny furry fluffy checked patterned smooth rough")

#: adjective → the attribute that it names
ADJECTIVES = {
    word: kind
    for kind, words in (
        ("colour", COLOURS),
        ("size", SIZES),
        ("shape", SHAPES),
        ("material", MATERIALS),
        ("texture", TEXTURES),
    )
    for word in words
}
SAME_WORD = {"little": "small", "tiny": "small", "big": "large", "huge": "large", "gray": "grey", "violet": "purple"}

#: attributes that a question can ask for ("what colour is …"), as "how big" does too
ATTRIBUTES = "colour|shape|size|material|texture|pattern|kind|type|brand|breed|gender|age|height|length"
DEGREES = {"big": "size", "large": "size", "small": "size", "tall": "height", "long": "length", "old": "age"}

#: nouns that name no particular object
ANY_THING = _words("thing object item one figure shape")
#: words of the embedded questioner; the reading of questions that have no other word does not depend on nouns.txt
SCENE_WORDS = _words(
    "0 1 2 3 4 5 6 7 8 9 a a1 a2 a3 about above absence again and answer any are as ask assistant attributes b1 b2 "
    "b3 below blue bottommost c1 c2 c3 circle circles colour comparing comparison counting counts describe detail "
    "details do does existence extreme extremum fewer finding following four green have hop how image in is judging "
    "large left left-of leftmost like many matching more no none nothing noticing of only or orange pad positions "
    "presence purple question reaching recognising red relation relations right right-of rightmost s same see shape "
    "size small square squares star stars telling than the there thing things think three to topmost triangle "
    "triangles two unk up user what yellow yes you"
)

#: relation → regular expression of its words
RELATIONS = {
    "left-of": r"(?:to the |on the |at the )?left(?: hand)?(?: side)? of",
    "right-of": r"(?:to the |on the |at the )?right(?: hand)?(?: side)? of",
    "above": r"above(?! \d)|over(?! \d)|on top of",
    "below": r"(?<!far )below(?! \d)|under(?! \d)|underneath|beneath",
    "behind": r"behind",
    "in-front-of": r"in front of",
    "next-to": r"next to|beside|near|close to|adjacent to",
    "between": (
        r"(?<!relation )(?<!relationship )(?<!difference )between"
        r"(?! (?:\d+|the (?:two|highest|lowest|first|large|small|number)|them|both|these|those)\b)"
    ),
    "inside": r"inside|within",
    "around": r"around|surrounding",
}
#: relation → strings of which one is in all its words
PARTS_OF_RELATIONS = {
    "left-of": ("left",),
    "right-of": ("right",),
    "above": ("above", "over", "on top"),
    "below": ("below", "under", "beneath"),
    "behind": ("behind",),
    "in-front-of": ("front",),
    "next-to": ("next", "beside", "near", "close", "adjacent"),
    "between": ("between",),
    "inside": ("inside", "within"),
    "around": ("around", "surrounding"),
}
EXTREMA = {
    "leftmost": r"left ?most",
    "rightmost": r"right ?most",
    "topmost": r"top ?most|upper ?most",
    "bottommost": r"bottom ?most",
    "nearest": r"nearest|closest",
    "farthest": r"farthest|furthest",
    "largest": r"largest|biggest",
    "smallest": r"smallest|tiniest",
    "tallest": r"tallest",
    "longest": r"longest",
    "brightest": r"brightest",
    "darkest": r"darkest",
}
#: comparison of counts → regular expression of its words
COMPARISONS = {"more": "more", "fewer": "fewer|less", "as many": "as many|(?:the same|an equal) number of"}

#: word → how it is read; contractions, and spellings of people who write in a hurry
SPELLINGS = {
    f"{word}{end}": f"{word} is"
    for word in ("what", "who", "where", "how", "when", "why", "that", "there", "here")
    for end in ("'s", "s")
    if f"{word}{end}" != "heres"
}
SPELLINGS |= {"it's": "it is", "he's": "he is", "she's": "she is", "i'm": "i am", "infront": "in front"}
SPELLINGS |= {word.replace("'", ""): word for word in ("isn't", "aren't", "doesn't", "don't", "can't", "didn't")}
SPELLINGS |= {"pls": "please", "plz": "please", "ppl": "people", "thx": "thanks"}

#: words that end the name of an object
STOP_WORDS = _words(
    "a an the any some this that these those its his her their my your it they them he she we you i "
    "is are was were be been being am do does did has have had having can could will would should may might "
    "there here what which who whose whom how where when why and or but nor than as of in on at to from by with "
    "for into onto out up down off about if then so not no yes more fewer less many much same equal different "
    "number both all each every most other another either neither only also too very please "
    "left right above below over under underneath beneath behind between beside near next inside within around "
    "front top side close adjacent hand leftmost rightmost topmost bottommost uppermost highest lowest nearest "
    "closest farthest furthest largest biggest smallest tiniest tallest longest brightest darkest "
    "see count find seen visible shown show shows contain contains exist exists image picture photo scene "
    "photograph colour doing holding wearing riding eating sitting standing walking looking carrying playing "
    "facing pointing located say says written made "
)
#: words after which a noun stands
LEADS = _words(
    "a an the any some this that these those its his her their my your our each every all both no many there other "
    "another same of in on with what which whose more fewer"
)
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NOT_PLURAL = _words("bus glass grass dress gas lens canvas cross class boss chess mattress christmas series species")
#: nouns without a plural
UNCOUNTED = _words(
    "furniture equipment luggage baggage clothing jewellery traffic series species water grass snow sand mud bread "
    "rice milk wine beer cheese meat food fish hair fur wood metal plastic rain dirt ice juice coffee tea gold "
    "silver smoke paper soup sugar butter fruit corn broccoli police"
)
#: nouns in -ie; other plurals in -ies of more than four letters have a singular in -y
ENDING_IE = _words("cookie movie zombie brownie hoodie selfie smoothie birdie calorie veggie genie prairie")
IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot", "teeth": "tooth"}
IRREGULAR |= {"mice": "mouse", "geese": "goose", "sheep": "sheep", "knives": "knife", "leaves": "leaf", "axes": "axis"}
#: singular → plural
PLURALS = {one: many for many, one in IRREGULAR.items()}
PLURALS |= {word: f"{word}es" for word in ("potato", "tomato", "hero", "buffalo", "mosquito", "volcano", "mango")}
PLURALS |= {word: f"{word[:-1]}ves" for word in ("shelf", "scarf", "loaf", "half", "wolf", "calf", "elf", "thief")}

#: verb of an ability → the group of its abilities
GROUPS = {
    "comparing": "comparing counts",
    "counting": "counting",
    "finding": "finding the extreme",
    "judging": "judging positions",
    "matching": "matching attributes",
    "noticing": "noticing presence",
    "reaching": "following relations",
    "reading": "reading",
    "seeing": "seeing what is hidden or mirrored",
    "recognising": "recognising things",
    "telling": "telling attributes",
}

#: nouns after "how many" that are measured rather than counted
UNITS = (
    "hours|minutes|seconds|days|weeks|months|years|euros|dollars|pounds|cents|points|percent|degrees|calories|grams|"
    "miles|kilometers|kilometres|metres|meters|more|fewer"
)
#: answers to "who" that identify no person, and words that are more specific than "man" or "woman"
NOBODY = "nobody|no one|both|all|none|some|it|he|she|they|left|right"
SOMEBODY = (
    "old|elderly|young|teenager|farmer|chef|doctor|nurse|policeman|policewoman|police officer|soldier|teacher|waiter|"
    "waitress|driver|pilot|player|bride|groom|referee|judge|mother|father|grandmother|grandfather|daughter|son"
)

#: question word → the feature that it belongs to
QUESTION_WORDS = {word: word for word in ("what", "which", "who", "where", "when", "why", "how")}
QUESTION_WORDS |= {"whom": "who", "whose": "who"}
#: first words of yes/no questions
AUXILIARIES = _words(
    "is are was were do does did can could has have had will would should may might isn't aren't don't doesn't didn't"
)
#: answers that say where something is in the image
POSITIONS = _words("left right top bottom middle center centre foreground background")
PEOPLE = _words(
    "person man woman boy girl child kid baby toddler lady gentleman guy adult couple crowd family friend passenger "
    "pedestrian spectator audience player batter catcher umpire pitcher coach skateboarder skier snowboarder surfer "
    "swimmer rider cyclist skater runner worker customer shopper tourist student cook"
) | frozenset(word for word in SOMEBODY.split("|") if word not in ("old", "elderly", "young", "police officer"))
