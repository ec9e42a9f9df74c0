from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.groups import MetaSkill
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.primitives import extract

STARS, CIRCLES = Primitive("counting", "stars"), Primitive("counting", "circles")
COUNTING = Skill("counting", "", ("counting",), (STARS, CIRCLES))
COUNTING_FEW = Skill("counting few", "", ("few",), (Primitive("counting up to three", "stars"),))
SEEING = Skill("recognising stars", "", ("stars",), (Primitive("recognising stars"), Primitive("counting", "zebras")))
ASSIGNMENT = SkillAssignment(
    [COUNTING, COUNTING_FEW, SEEING],
    [MetaSkill("counts", ("counting", "counting few")), MetaSkill("seeing", ("recognising stars",))],
)


def test_skills_have_the_order_of_the_primitives() -> None:
    skills = ASSIGNMENT.skills(extract("how many stars are there ?", "2"))
    assert skills == ["counting", "counting few", "recognising stars"]
    assert ASSIGNMENT.meta_skills(skills) == ["counts", "seeing"]


def test_a_new_phrase_belongs_to_the_skill_with_most_phrases_of_its_ability() -> None:
    assert ASSIGNMENT.skills(extract("how many umbrellas are there ?", "none at all")) == ["counting"]


def test_a_new_ability_has_no_skill() -> None:
    assert ASSIGNMENT.skills(extract("what does the sign say ?", "stop")) == []
