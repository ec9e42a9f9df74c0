"""One elementary ability that a question needs."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Primitive:
    """An ability and what it is applied to: ("telling the colour", "of stars"). `target` may be empty."""

    ability: str
    target: str = ""

    @property
    def text(self) -> str:
        """The phrase, such as "telling the colour of stars"."""
        return f"{self.ability} {self.target}".rstrip()

    @property
    def detail(self) -> bool:
        """Whether it is the recognising of what the question names, rather than what is to be done with it."""
        return self.ability.startswith("recognising ")
