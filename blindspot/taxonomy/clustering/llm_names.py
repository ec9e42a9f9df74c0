"""Asks an LLM or an extension to name and define skills and their groups."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from blindspot.errors import BlindspotError
from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import LLM, SkillNamer
from blindspot.replies import ReplyForm, read_reply
from blindspot.taxonomy.clustering.groups import MetaSkill
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.reading.llm import short_phrase

SHOWN = 12  # phrases of a skill that the LLM is shown


#: Its docstring is a part of the JSON schema that a server gets.
class Name(ReplyForm):
    """What an LLM replies of a skill, or of a group of skills."""

    name: str
    definition: str


#: Returns the name and definition of each list of phrases, None where there is none. Gets what they are of.
Naming = Callable[[str, Sequence[Sequence[str]]], Sequence[Name | None]]


def name_by(
    namer: LLM | SkillNamer,
    skills: Sequence[Skill],
    groups: Sequence[MetaSkill],
    prompts: RolePrompts | None = None,
) -> tuple[list[Skill], list[MetaSkill]]:
    """Returns the skills and groups with the namer's names and definitions.

    A name stays as it was where the namer gives none, or one that another skill or group has. A group of one skill
    gets the name of the skill. `prompts`: those of the role skill_namer; None for the default ones.
    """
    if isinstance(namer, SkillNamer):
        ask = partial(_names, partial(_extension, namer))
    else:
        ask = partial(_names, partial(_llm, namer, prompts))
    broader = [group.name for group in groups if len(group.skills) > 1]
    own = ask("skill", [skill.name for skill in skills], [_texts(skill) for skill in skills], broader)
    told = [
        replace(skill, name=name, definition=definition or skill.definition)
        for skill, (name, definition) in zip(skills, own, strict=True)
    ]
    renamed = {skill.name: name for skill, (name, _) in zip(skills, own, strict=True)}
    members = {group.name: tuple(sorted(renamed[name] for name in group.skills)) for group in groups}
    several = {name: skills for name, skills in members.items() if len(skills) > 1}
    found = ask("broader ability", [*several], [*several.values()], [skill.name for skill in told])
    called = {old: name for old, (name, _) in zip(several, found, strict=True)}
    return told, [MetaSkill(called.get(old, skills[0]), skills) for old, skills in members.items()]


def _llm(llm: LLM, prompts: RolePrompts | None, what: str, phrases: Sequence[Sequence[str]]) -> Sequence[Name | None]:
    prompts = prompts or default_prompts("skill_namer")
    told = ["\n".join(json.dumps(phrase, ensure_ascii=False) for phrase in some[:SHOWN]) for some in phrases]
    replies = llm.tell([prompts.render("name", what=what, phrases=text) for text in told], Name)
    return [read_reply(reply, Name) for reply in replies]


def _extension(namer: SkillNamer, what: str, phrases: Sequence[Sequence[str]]) -> Sequence[Name | None]:
    """Returns the names of an extension. Raises BlindspotError if it does not name each list."""
    found = namer.name(phrases)
    if len(found) != len(phrases):
        problem = f"taxonomy.skill_namer: {len(found)} names for {len(phrases)} lists of phrases (of a {what})"
        raise BlindspotError(problem, "return one name and definition for each list, in the same order")
    return [Name(name=text, definition=definition) for text, definition in found]


def _texts(skill: Skill) -> list[str]:
    return [primitive.text for primitive in skill.primitives]


def _names(
    naming: Naming,
    what: str,
    former: Sequence[str],
    phrases: Sequence[Sequence[str]],
    others: Sequence[str],
) -> list[tuple[str, str]]:
    """Returns the name and definition of each list of phrases; the former name where `naming` gives no unique one.

    `others`: names that are already taken.
    """
    given = naming(what, phrases)
    names = [(one and short_phrase(one.name)) or old for one, old in zip(given, former, strict=True)]
    taken = Counter([*former, *names, *others])
    return [
        (name, one.definition.strip()) if one and taken[name] == 1 + (name == old) else (old, "")
        for name, one, old in zip(names, given, former, strict=True)
    ]
