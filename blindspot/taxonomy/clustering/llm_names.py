"""Asks an LLM to name and define skills and their groups."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import LLM
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


def name_by(
    llm: LLM, skills: Sequence[Skill], groups: Sequence[MetaSkill], prompts: RolePrompts | None = None
) -> tuple[list[Skill], list[MetaSkill]]:
    """Returns the skills and groups with the LLM's names and definitions.

    A name stays as it was where the LLM gives none, or one that another skill or group has. A group of one skill gets
    the name of the skill. `prompts`: those of the role skill_namer; None for the default ones.
    """
    prompts = prompts or default_prompts("skill_namer")
    ask = partial(_names, llm, prompts)
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


def _texts(skill: Skill) -> list[str]:
    return [primitive.text for primitive in skill.primitives]


def _names(
    llm: LLM,
    prompts: RolePrompts,
    what: str,
    former: Sequence[str],
    phrases: Sequence[Sequence[str]],
    others: Sequence[str],
) -> list[tuple[str, str]]:
    """Returns the LLM's name and definition for each list of phrases; the former name where it gives no unique one.

    `others`: names that are already taken.
    """
    told = ["\n".join(json.dumps(phrase, ensure_ascii=False) for phrase in some[:SHOWN]) for some in phrases]
    replies = llm.tell([prompts.render("name", what=what, phrases=text) for text in told], Name)
    given = [read_reply(reply, Name) for reply in replies]
    names = [(one and short_phrase(one.name)) or old for one, old in zip(given, former, strict=True)]
    taken = Counter([*former, *names, *others])
    return [
        (name, one.definition.strip()) if one and taken[name] == 1 + (name == old) else (old, "")
        for name, one, old in zip(names, given, former, strict=True)
    ]
