"""Defines the primitive: an elementary ability that a question requires."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Primitive:
    """An ability and what it is applied to, such as ("telling the colour", "of stars"). `target` may be empty."""

    ability: str
    target: str = ""

    @property
    def text(self) -> str:
        """The whole phrase, such as "telling the colour of stars"."""
        return f"{self.ability} {self.target}".rstrip()

    @property
    def detail(self) -> bool:
        """Whether the ability is recognising something that the question names, rather than what the question asks."""
        return self.ability.startswith("recognising ")
