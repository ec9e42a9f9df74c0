"""Where a question stands in a taxonomy, be it one of those that the taxonomy was made of or a new one."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from blindspot.taxonomy.clustering.groups import MetaSkill
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.reading.features import features
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.primitives import extract


class SkillAssignment:
    """Sorts questions into the skills and meta-skills that there are."""

    def __init__(self, skills: Sequence[Skill], meta_skills: Sequence[MetaSkill]) -> None:
        self._skill = {primitive: skill.name for skill in skills for primitive in skill.primitives}
        self._meta_skill = {name: meta_skill.name for meta_skill in meta_skills for name in meta_skill.skills}
        phrases: dict[str, Counter[str]] = defaultdict(Counter)
        for primitive, name in self._skill.items():
            phrases[primitive.ability][name] += 1
        self._likeliest = {ability: names.most_common(1)[0][0] for ability, names in phrases.items()}

    def skills(self, primitives: Sequence[Primitive]) -> list[str]:
        """The skills of a question with these primitives, in their order.

        A phrase that is new is of the skill that has most phrases of its ability, of none where the ability is new.
        """
        found = (self._skill.get(primitive) or self._likeliest.get(primitive.ability) for primitive in primitives)
        return [name for name in dict.fromkeys(found) if name]

    def meta_skills(self, skills: Sequence[str]) -> list[str]:
        """The meta-skills that these are of."""
        return list(dict.fromkeys(self._meta_skill[name] for name in skills))

    def features(self, question: str, reference: str | None) -> frozenset[str]:
        """All that a failure mode can be told by: the skills, the meta-skills and the question's other features."""
        skills = self.skills(extract(question, reference))
        return frozenset([*skills, *self.meta_skills(skills), *features(question, reference)])
