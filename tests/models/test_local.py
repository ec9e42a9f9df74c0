import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models.batches import Generation, batches_of, usual_length
from blindspot.models.description import Local
from blindspot.models.local import GreedyVLM, LocalQuestioner, LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.records.answer import Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.scenes.draw import draw_scenes, pictures_of
from lab.tiny_vlm import build_model, build_processor, vocabulary

PROMPTS = embedded_prompts("questioner")
ASK = question_prompt(PROMPTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained embedded VLM."""
    path = tmp_path_factory.mktemp("models") / "untrained"
    processor = build_processor()
    build_model(processor, seed=0).save_pretrained(path)
    processor.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    return pictures_of(draw_scenes(6, seed=1), tmp_path_factory.mktemp("images"))


def test_answers_do_not_depend_on_the_batch_size(folder: Path, images: list[Image]) -> None:
    questions = ["is there a red star ?", "how many things are there ?"] * 3
    whole = GreedyVLM(folder, batch_size=6, max_new_tokens=4).complete(images, questions, None)
    single = GreedyVLM(folder, batch_size=1, max_new_tokens=4).complete(images, questions, None)
    assert whole == single


def test_sampled_answers_depend_on_the_seed_alone(images: list[Image]) -> None:
    vlm, questions = GreedyVLM(Path("models/scenes-candidate"), 3, 8), ["how many things are there ?"] * 6
    first, again, other = (vlm.complete(images, questions, None, Sampling(3.0, seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_questions_depend_on_the_seed(folder: Path, images: list[Image]) -> None:
    questioner = LocalQuestioner(folder, batch_size=4, max_new_tokens=8, temperature=1.0, prompts=PROMPTS)
    assert questioner.ask(images, seed=1) == questioner.ask(images, seed=1)
    assert questioner.ask(images, seed=1) != questioner.ask(images, seed=2)


def test_asking_does_not_change_the_global_random_state(folder: Path, images: list[Image]) -> None:
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    LocalQuestioner(folder, batch_size=4, max_new_tokens=4, temperature=1.0, prompts=PROMPTS).ask(images, seed=1)
    assert torch.equal(torch.rand(1), expected)


def test_every_word_of_the_prompt_is_in_the_vocabulary() -> None:
    assert set(ASK.split()) <= set(vocabulary())


def test_the_identity_changes_with_the_weights(folder: Path, tmp_path: Path) -> None:
    processor = build_processor()
    other = tmp_path / "untrained"
    build_model(processor, seed=1).save_pretrained(other)
    processor.save_pretrained(other)
    assert LocalVLM(folder).identity != LocalVLM(other).identity


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "no such folder"),
        (lambda path: path.mkdir(), "no config.json"),
        (
            lambda path: (path.mkdir(), (path / "config.json").write_text("{}")),
            "config.json has no model_type",
        ),
        (
            lambda path: (path.mkdir(), (path / "config.json").write_text("rubbish")),
            r"config.json cannot be read \(Expecting value",
        ),
    ],
)
def test_a_folder_without_a_vlm_is_named_with_the_fix(make, problem: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "model"
    make(path)
    with pytest.raises(BlindspotError, match=problem) as caught:
        LocalVLM(path)
    assert str(path) in str(caught.value)


def test_a_language_model_is_not_a_vlm(tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    path = tmp_path / "text-only"
    config = LlamaConfig(vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
    LlamaForCausalLM(config).save_pretrained(path)
    with pytest.raises(BlindspotError, match="no class for its model_type llama that writes text about images"):
        LocalVLM(path)


def describe(**keys: object) -> Local:
    return Local.model_validate(keys)


def test_quantization_without_its_package_fails_before_loading(folder: Path) -> None:
    with pytest.raises(BlindspotError, match="quantization 4bit requires the package bitsandbytes"):
        LocalVLM(describe(model=str(folder), quantization="4bit"))


def test_an_attention_kernel_without_its_package_is_named(folder: Path) -> None:
    with pytest.raises(BlindspotError, match="requires the package flash-attn: run `pip install flash-attn`"):
        LocalVLM(describe(model=str(folder), attention="flash_attention_2"))


def test_the_chat_template_of_the_tokenizer_counts_if_the_processor_has_none(
    folder: Path, images: list[Image], tmp_path: Path
) -> None:
    other = shutil.copytree(folder, tmp_path / "other")
    config = json.loads((other / "tokenizer_config.json").read_text("utf-8"))
    config["chat_template"] = (other / "chat_template.jinja").read_text("utf-8")
    (other / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    (other / "chat_template.jinja").unlink()
    found, same = (LocalVLM(one).complete(images, [ASK] * 6, 6, 4) for one in (other, folder))
    assert found == same


def test_a_hub_id_without_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        BlindspotError, match="example/absent is not a local folder and cannot be downloaded from the Hugging Face Hub"
    ):
        LocalVLM(describe(model="example/absent"))


def test_dtype_and_kernel_follow_the_description_and_change_the_identity(folder: Path, images: list[Image]) -> None:
    plain, other = LocalVLM(folder), LocalVLM(describe(model=str(folder), dtype="bfloat16", attention="eager"))
    assert (str(plain.model.dtype), str(other.model.dtype)) == ("torch.float32", "torch.bfloat16")
    assert other.model.config._attn_implementation == "eager"
    assert plain.identity == LocalVLM(describe(model=str(folder))).identity != other.identity
    assert len(other.complete(images, [ASK] * 6, 6, 4)) == 6


def test_a_cut_off_answer_is_an_error_and_a_cut_off_question_is_kept(folder: Path, images: list[Image]) -> None:
    vlm = LocalVLM(folder)
    texts = [vlm.complete(images, [ASK] * 6, 6, length) for length in (1, 60)]
    ends = [one.ended for one in texts[1]]
    assert not any(one.ended for one in texts[0]), "an untrained model does not end at once"
    answers = GreedyVLM(folder, 6, 1).complete(images, [ASK] * 6, None)
    assert {(answer.text, answer.error) for answer in answers} == {("", Unscored.CUT_OFF)}
    whole = GreedyVLM(folder, 6, 60).complete(images, [ASK] * 6, None)
    assert [answer.error is None for answer in whole] == ends
    assert any(LocalQuestioner(folder, 6, 1, 1.0, PROMPTS).ask(images, 0))


def test_a_sampled_text_does_not_depend_on_its_batch(folder: Path, images: list[Image]) -> None:
    prompts = [ASK, "is there a red star ?"] * 3  # of different lengths: they are padded, and sorted within the block
    whole = LocalVLM(folder).complete(images, prompts, 6, 8, temperature=1.0, seed=3)
    parts = [LocalVLM(folder).complete(images, prompts, size, 8, temperature=1.0, seed=3) for size in (1, 4)]
    parts.append(LocalVLM(folder).complete(images[:2], prompts[:2], 6, 8, temperature=1.0, seed=3))
    for part in parts:
        expected = whole[: len(part)]
        assert [one[:2] for one in part] == [one[:2] for one in expected]
        assert [one.log_prob for one in part] == pytest.approx([one.log_prob for one in expected])


def test_long_texts_are_generated_again_where_there_are_many_batches(
    images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    vlm, limits = LocalVLM(Path("models/scenes-questioner"), PROMPTS.system), list[tuple[int, int]]()
    generate = vlm.model.generate

    def spied(**options: Any) -> Any:
        limits.append((len(options["input_ids"]), options["max_new_tokens"]))
        return generate(**options)

    monkeypatch.setattr(vlm.model, "generate", spied)
    asked = (images * 16, [ASK] * 96)
    whole = vlm.complete(*asked, 96, 96, temperature=1.0, seed=1)
    assert limits == [(96, 96)]
    limits.clear()
    parts = vlm.complete(*asked, 16, 96, temperature=1.0, seed=1)
    assert [one[:2] for one in parts] == [one[:2] for one in whole]
    assert limits[0] == (16, 96)
    of_row = [length for rows, length in limits[:6] for _ in range(rows)]
    cut_off = sum(one.tokens > length for one, length in zip(parts, of_row, strict=True))
    assert 0 < cut_off < 32  # seed fixed; no rate is known, because a trained model draws the tokens
    assert limits[6:] == [(16, 96)] * (cut_off // 16) + [(cut_off % 16, 96)] * (cut_off % 16 > 0)


def test_the_usual_length_covers_nine_of_ten_texts() -> None:
    def texts(*lengths: int) -> list[Generation]:
        return [Generation("", length < 96, tokens=length) for length in lengths]

    assert usual_length([], 96) == 96
    assert usual_length(texts(*[20] * 19, 90), 96) == 20
    assert usual_length(texts(*[20] * 8, 40, 50), 96) == 50
    assert usual_length(texts(*[20] * 8, 90, 91), 96) == 96, "it would save little"
    cut = [Generation("", ended=False, tokens=30)] * 2
    assert usual_length([*texts(*[20] * 8), *cut], 96) == 96, "the length of a text that was cut off is not known"


def test_batches_have_similar_lengths_and_never_cross_a_block(
    images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blindspot.models.batches.BLOCK", 4)
    prompts = ["a", "aaa", "aa", "aaaa", "a", "aa"]
    assert batches_of(images, prompts, 2) == [[3, 1], [2, 0], [4, 5]]
    assert batches_of(images, prompts, 9) == [[0, 1, 2, 3], [4, 5]]


class RefusesWide:
    """An image processor that refuses wide pictures, as Qwen's processors do. All else is the real processor's."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def __call__(self, images: Any, **options: Any) -> Any:
        if any(picture.width > 100 * picture.height for row in images for picture in row):
            raise ValueError("absolute aspect ratio must be smaller than 100")
        return self._processor(images, **options)


@pytest.mark.parametrize("batch_size", [1, 2, 6])
def test_one_refused_picture_is_one_unscored_call(
    batch_size: int, folder: Path, images: list[Image], tmp_path: Path
) -> None:
    Pictures.new("RGB", (400, 2)).save(tmp_path / "wide.png")
    wide = [*images[:3], Image("wide", tmp_path / "wide.png", "test"), *images[4:]]
    questions = ["is there a red star ?"] * 6
    vlm = GreedyVLM(folder, batch_size, max_new_tokens=4)
    before = vlm.complete(images, questions, None)
    vlm._vlm.processor.image_processor = RefusesWide(vlm._vlm.processor.image_processor)
    answers = vlm.complete(wide, questions, None)
    assert (answers[3].text, answers[3].error) == ("", Unscored.PICTURE_REFUSED)
    assert answers[3].message == "wide.png: absolute aspect ratio must be smaller than 100"
    assert [*answers[:3], *answers[4:]] == [*before[:3], *before[4:]]


def test_a_questioner_asks_nothing_about_a_refused_picture(folder: Path, tmp_path: Path) -> None:
    Pictures.new("RGB", (400, 2)).save(tmp_path / "wide.png")
    questioner = LocalQuestioner(folder, 2, 8, 1.0, PROMPTS)
    questioner._vlm.processor.image_processor = RefusesWide(questioner._vlm.processor.image_processor)
    [asked] = questioner.ask([Image("wide", tmp_path / "wide.png", "test")], seed=0)
    assert (asked.question, asked.reason) == ("", Unscored.PICTURE_REFUSED)
