"""The default parameters of the stage taxonomy, and the documented weaknesses that they name."""

from pathlib import Path

from blindspot.taxonomy.modes.documented import read_documented
from stages.taxonomy import Params

PARAMS = Params.model_validate({})
KNOWN = read_documented(Path(PARAMS.documented))
