"""The small VLMs of tests."""

from importlib.util import find_spec

import pytest

from tests.models.architectures import TORCHVISION


@pytest.mark.skipif(find_spec("torchvision") is not None, reason="torchvision is installed")
@pytest.mark.parametrize("family", TORCHVISION)
def test_a_family_said_to_require_torchvision_does(family: str) -> None:
    with pytest.raises(ImportError, match="requires the Torchvision library"):
        TORCHVISION[family]()
