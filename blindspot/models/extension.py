"""Opens a model that is a class of an extension."""

from typing import Any

from blindspot.extensions import make
from blindspot.models.description import MODELS, Extension
from blindspot.protocols import LLM, VLM, Candidate, PrimitiveExtractor, SkillNamer, Steerable

CANDIDATE, JUDGE, QUESTIONER = (Candidate, VLM), (VLM,), (Steerable,)
#: The protocols of which a model needs one, by the parameter that names it.
PROTOCOLS: dict[str, tuple[type, ...]] = {
    "candidate.model": CANDIDATE,
    "verifier.model": JUDGE,
    "verifier.confirming_judge": JUDGE,
    "verify.model": JUDGE,
    "train.base_model": QUESTIONER,
    "harvest.base": QUESTIONER,
    "taxonomy.primitive_extractor": (PrimitiveExtractor, LLM),
    "taxonomy.skill_namer": (SkillNamer, LLM),
}


def open_extension(description: Extension, protocols: tuple[type, ...]) -> Any:
    """Returns an object of the class, which has the methods of one of the protocols. Raises BlindspotError."""
    return make(description.kind, MODELS, protocols, **description.options)
