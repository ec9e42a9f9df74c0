from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models.local import GreedyVLM, LocalQuestioner, LocalVLM, read_picture
from blindspot.models.tiny import build_model, build_processor, vocabulary
from blindspot.prompts import ASK
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.scenes.lessons import draw_scenes, pictures_of


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


def test_answers_do_not_depend_on_the_batch(folder: Path, images: list[Image]) -> None:
    questions = ["is there a red star ?", "how many things are there ?"] * 3
    whole = GreedyVLM(folder, batch_size=6, max_new_tokens=4).complete(images, questions, None)
    single = GreedyVLM(folder, batch_size=1, max_new_tokens=4).complete(images, questions, None)
    assert whole == single


def test_sampled_answers_depend_on_the_seed_alone(images: list[Image]) -> None:
    vlm, questions = GreedyVLM(Path("models/scenes-candidate"), 3, 8), ["how many things are there ?"] * 6
    first, again, other = (vlm.complete(images, questions, None, Sampling(3.0, seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_the_same_seed_asks_the_same_and_another_does_not(folder: Path, images: list[Image]) -> None:
    questioner = LocalQuestioner(folder, ASK, batch_size=4, max_new_tokens=8, temperature=1.0)
    assert questioner.ask(images, seed=1) == questioner.ask(images, seed=1)
    assert questioner.ask(images, seed=1) != questioner.ask(images, seed=2)


def test_asking_leaves_the_random_state_of_a_training_alone(folder: Path, images: list[Image]) -> None:
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    LocalQuestioner(folder, ASK, batch_size=4, max_new_tokens=4, temperature=1.0).ask(images, seed=1)
    assert torch.equal(torch.rand(1), expected)


def test_every_word_of_the_prompts_is_known() -> None:
    assert set(ASK.split()) <= set(vocabulary())


def test_the_identity_changes_with_the_weights(folder: Path, tmp_path: Path) -> None:
    processor = build_processor()
    other = tmp_path / "untrained"
    build_model(processor, seed=1).save_pretrained(other)
    processor.save_pretrained(other)
    assert LocalVLM(folder).identity != LocalVLM(other).identity


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "no such folder"),
        (lambda path: path.mkdir(), "no config.json"),
        (lambda path: (path.mkdir(), (path / "config.json").write_text("{}")), "no vision-language model"),
        (lambda path: (path.mkdir(), (path / "config.json").write_text("rubbish")), "no vision-language model"),
    ],
)
def test_a_folder_that_is_no_vlm_is_named_with_the_mend(make, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "model"
    make(path)
    with pytest.raises(BlindspotError, match=said) as caught:
        LocalVLM(path)
    assert str(path) in str(caught.value) and "save_pretrained" in str(caught.value)


def test_a_language_model_is_no_vlm(tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    path = tmp_path / "text-only"
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    LlamaForCausalLM(LlamaConfig(vocab_size=8, num_key_value_heads=1, **sizes)).save_pretrained(path)
    with pytest.raises(BlindspotError, match="no vision-language model"):
        LocalVLM(path)


def test_a_corrupt_image_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG rubbish")
    with pytest.raises(BlindspotError, match=r"a\.png cannot be read"):
        read_picture(path)
