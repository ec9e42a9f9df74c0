"""The parameters that name models and prompts files."""

from collections.abc import Mapping
from typing import Any

from blindspot.params import VERIFIERS

#: Parameters that name a model: a folder with weights, or a YAML file that describes the model.
MODEL_PARAMETERS = (
    "candidate.model",
    "verifier.model",
    "verifier.confirming_judge",
    "train.base_model",
    "harvest.base",
    "verify.model",
    "taxonomy.primitive_extractor",
    "taxonomy.skill_namer",
)

#: Parameters that name a prompts file, with the roles that their section needs.
PROMPT_PARAMETERS = {
    "candidate.prompts": ("candidate",),
    "verifier.prompts": ("judge",),
    "train.prompts": ("questioner",),
    "taxonomy.prompts": ("primitive_extractor", "skill_namer"),
}

#: Parameters of MODEL_PARAMETERS that a run ignores, by verifier.kind.
_IGNORED = {
    "oracle": ("verifier.model", "verifier.confirming_judge", "verify.model"),
    "reference": ("verifier.confirming_judge", "verify.model"),
}


def models_in_use(values: Mapping[str, Any]) -> dict[str, str]:
    """Returns the models that a run uses, by their parameters. `values`: those of params.yaml."""
    kind = values["verifier"]["kind"]
    ignored = _IGNORED.get(kind if kind in VERIFIERS else "oracle", ())  # an extension needs no model of these
    places = {name: name.split(".") for name in MODEL_PARAMETERS if name not in ignored}
    return {name: str(values[section][key]) for name, (section, key) in places.items()}
