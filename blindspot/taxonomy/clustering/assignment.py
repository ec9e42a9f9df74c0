"""Assigns questions, old or new, to the skills and meta-skills of a taxonomy."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from blindspot.taxonomy.clustering.groups import MetaSkill
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.reading.primitive import Primitive


class SkillAssignment:
    """Assigns questions to given skills and meta-skills."""

    def __init__(self, skills: Sequence[Skill], meta_skills: Sequence[MetaSkill]) -> None:
        self._skill = {primitive: skill.name for skill in skills for primitive in skill.primitives}
        self._meta_skill = {name: meta_skill.name for meta_skill in meta_skills for name in meta_skill.skills}
        phrases: dict[str, Counter[str]] = defaultdict(Counter)
        for primitive, name in self._skill.items():
            phrases[primitive.ability][name] += 1
        self._most_common = {ability: names.most_common(1)[0][0] for ability, names in phrases.items()}

    def skills(self, primitives: Sequence[Primitive]) -> list[str]:
        """Returns the skills of a question with these primitives, in their order.

        A new phrase belongs to the skill with most phrases of its ability. A new ability belongs to no skill.
        """
        names = (self._skill.get(primitive) or self._most_common.get(primitive.ability) for primitive in primitives)
        return [name for name in dict.fromkeys(names) if name]

    def meta_skills(self, skills: Sequence[str]) -> list[str]:
        """Returns the meta-skills of these skills."""
        return list(dict.fromkeys(self._meta_skill[name] for name in skills))
