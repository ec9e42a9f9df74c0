"""Which column of a table plays which role."""

from dataclasses import dataclass, field


@dataclass
class Model:
    """The columns of one model in a table: one name, or several models with columns answer_NAME, wrong_NAME …"""

    name: str | None = None
    answer: str | None = None
    raw: str | None = None
    wrong: str | None = None
    one_is_wrong: bool = True
    score: str | None = None


@dataclass
class Roles:
    """Which column of a table plays which role. `notes` say what was ambiguous."""

    question: str
    models: list[Model]
    reference: str | None = None
    options: str | None = None
    letters: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    image: str | None = None
    image_id: str | None = None
    row_id: str | None = None
    model: str | None = None
    notes: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Returns which columns are read, such as "question: prompt, true answer: gold, answer: output"."""
        one = self.models[0]
        verdict = f"verdict (1: {'wrong' if one.one_is_wrong else 'right'})"
        named = [("question", self.question), ("true answer", self.reference), ("answer", one.answer)]
        named += [
            (verdict, one.wrong),
            ("score", one.score),
            ("image", self.image),
            ("id of the image", self.image_id),
        ]
        named += [("model", self.model)]
        models = f", and so for {len(self.models)} models" if len(self.models) > 1 else ""
        return f"{', '.join(f'{role}: {column}' for role, column in named if column)}{models}"
