from pathlib import Path

import pytest

from blindspot.models.conversation import takes_system_turn, turns
from blindspot.models.local import LocalVLM
from blindspot.records.image import Image
from blindspot.scenes.draw import draw_scenes, pictures_of
from lab.tiny_vlm import CHAT_TEMPLATE, build_model, build_processor

REFUSING = (  # as Gemma 2 has it
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    + CHAT_TEMPLATE
)
SILENT = CHAT_TEMPLATE.replace(
    "{% for message in messages %}", "{% for message in messages if message['role'] == 'user' %}"
)


@pytest.mark.parametrize(("template", "shown"), [(CHAT_TEMPLATE, True), (REFUSING, False), (SILENT, False)])
def test_a_system_turn_is_used_only_if_the_template_shows_it(template: str, shown: bool) -> None:
    assert takes_system_turn(build_processor(template=template), {}) == shown


def test_without_a_system_turn_the_system_prompt_precedes_the_user_text() -> None:
    user = {"role": "user", "content": "how many ?"}
    assert turns("how many ?", None, True) == turns("how many ?", None, False) == [user]
    assert turns("how many ?", "be brief", True) == [{"role": "system", "content": "be brief"}, user]
    assert turns("how many ?", "be brief", False) == [{"role": "user", "content": "be brief\n\nhow many ?"}]


@pytest.mark.parametrize("template", [CHAT_TEMPLATE, SILENT], ids=["system turn", "no system turn"])
def test_a_local_model_gets_its_system_prompt(template: str, tmp_path: Path) -> None:
    processor = build_processor(template=template)
    build_model(processor, seed=0).save_pretrained(tmp_path / "model")
    processor.save_pretrained(tmp_path / "model")
    image: Image = pictures_of(draw_scenes(1, seed=1), tmp_path)[0]

    def text(system: str | None) -> str:
        vlm = LocalVLM(tmp_path / "model", system)
        (row,) = vlm._encode([image], ["is there a star ?"])["input_ids"].tolist()
        return " ".join(processor.tokenizer.convert_ids_to_tokens(row))

    plain, with_system = text(None), text("red <image> circle")
    assert "red" not in plain and "is there a star ?" in with_system
    assert with_system.index("red") < with_system.index("is there a star ?")
    assert with_system.count("<image>") == plain.count("<image>")
