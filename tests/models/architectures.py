"""Small VLMs of several families with random weights and tokenizers built here: nothing is downloaded."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.models import architectures_further, architectures_qwen, architectures_tiled, architectures_torchvision
from tests.models.tiny_parts import MEAN, SIZE, TEXT, VISION, template, tokenizer


def llava() -> tuple[Any, Any]:
    """Builds LLaVA 1.5: one grid of patches."""
    from transformers import CLIPImageProcessor, CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaProcessor
    from transformers import LlavaForConditionalGeneration as Model

    words = tokenizer(image_token="<image>")
    size = {"height": SIZE, "width": SIZE}
    pictures = CLIPImageProcessor(size=size, crop_size=size, do_center_crop=False, **MEAN)
    processor = LlavaProcessor(
        pictures,
        words,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=template("<image>"),
    )
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(projection_dim=32, **VISION),
        text_config=LlamaConfig(vocab_size=len(words), **TEXT),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        image_seq_length=9,
    )
    return Model(config), processor


def llava_next() -> tuple[Any, Any]:
    """Builds LLaVA-NeXT: the image and tiles of it, whose number depends on its shape."""
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaNextConfig,
        LlavaNextImageProcessor,
        LlavaNextProcessor,
    )
    from transformers import LlavaNextForConditionalGeneration as Model

    words = tokenizer(image_token="<image>")
    grids = [[SIZE, 2 * SIZE], [2 * SIZE, SIZE], [2 * SIZE, 2 * SIZE]]
    pictures = LlavaNextImageProcessor(
        size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE}, image_grid_pinpoints=grids, **MEAN
    )
    processor = LlavaNextProcessor(
        pictures,
        words,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=template("<image>"),
    )
    config = LlavaNextConfig(
        vision_config=CLIPVisionConfig(projection_dim=32, **VISION),
        text_config=LlamaConfig(vocab_size=len(words), **TEXT),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        image_grid_pinpoints=grids,
        image_seq_length=9,
    )
    return Model(config), processor


def idefics3() -> tuple[Any, Any]:
    """Builds Idefics3, the architecture of SmolVLM: patches merged into fewer, wider tokens; tiles with markers."""
    from transformers import Idefics3Config, Idefics3ImageProcessor, Idefics3Processor, LlamaConfig
    from transformers import Idefics3ForConditionalGeneration as Model

    words = tokenizer("<row_1_col_1>", "<global-img>", "<fake_token_around_image>", "<image>", "<end_of_utterance>")
    pictures = Idefics3ImageProcessor(
        size={"longest_edge": 2 * SIZE}, max_image_size={"longest_edge": SIZE}, do_image_splitting=False, **MEAN
    )
    processor = Idefics3Processor(pictures, words, image_seq_len=9, chat_template=template("<image>"))
    config = Idefics3Config(  # type: ignore[call-arg]  # pad_token_id is a setting of every configuration
        image_token_id=words.convert_tokens_to_ids("<image>"),
        vision_config={**VISION, "patch_size": 8},
        text_config=LlamaConfig(vocab_size=len(words), **TEXT),
        scale_factor=2,
        pad_token_id=0,
    )
    return Model(config), processor


def gemma3() -> tuple[Any, Any]:
    """Builds Gemma 3: a SigLIP tower pooled to a fixed number of tokens, and token types."""
    from transformers import Gemma3Config, Gemma3ImageProcessor, Gemma3Processor, Gemma3TextConfig, SiglipVisionConfig
    from transformers import Gemma3ForConditionalGeneration as Model

    words = tokenizer(boi_token="<start_of_image>", eoi_token="<end_of_image>", image_token="<image_soft_token>")
    pictures = Gemma3ImageProcessor(size={"height": SIZE, "width": SIZE}, **MEAN)
    processor = Gemma3Processor(pictures, words, template("<start_of_image>"), image_seq_length=4)
    config = Gemma3Config(
        text_config=Gemma3TextConfig(vocab_size=len(words), head_dim=16, sliding_window=64, **TEXT),
        vision_config=SiglipVisionConfig(**{**VISION, "patch_size": 12}, vision_use_head=False),
        mm_tokens_per_image=4,
        boi_token_index=words.convert_tokens_to_ids("<start_of_image>"),
        eoi_token_index=words.convert_tokens_to_ids("<end_of_image>"),
        image_token_index=words.convert_tokens_to_ids("<image_soft_token>"),
    )
    model = Model(config)
    for name, one in model.named_parameters():
        if name.endswith("mm_input_projection_weight"):  # 0 at the start: the text would not depend on the image
            one.data.normal_(std=0.2)
    return model, processor


Builder = Callable[[], tuple[Any, Any]]
#: Families whose processors work without further packages.
FAMILIES: dict[str, Builder] = {
    "llava": llava,
    "llava_next": llava_next,
    "idefics3": idefics3,
    "gemma3": gemma3,
    "aya_vision": architectures_tiled.aya_vision,
    "mllama": architectures_tiled.mllama,
    "paligemma": architectures_tiled.paligemma,
    "idefics2": architectures_further.idefics2,
    "deepseek_vl": architectures_further.deepseek_vl,
    "ovis2": architectures_further.ovis2,
}
#: Families whose processors require torchvision; that of SmolVLM2 requires num2words too.
TORCHVISION: dict[str, Builder] = {
    one.__name__: one
    for one in (
        architectures_further.gemma4,
        architectures_further.cohere2_vision,
        architectures_torchvision.internvl,
        architectures_torchvision.smolvlm,
        architectures_torchvision.lfm2_vl,
        architectures_torchvision.llava_onevision,
        architectures_torchvision.pixtral,
        architectures_torchvision.mistral3,
        architectures_qwen.qwen2_vl,
        architectures_qwen.qwen2_5_vl,
        architectures_qwen.qwen3_vl,
        architectures_qwen.qwen3_vl_moe,
        architectures_qwen.qwen3_5,
        architectures_qwen.glm4v,
    )
}


def installed() -> dict[str, Builder]:
    """Returns the families that this environment can build."""
    return FAMILIES | (TORCHVISION if find_spec("torchvision") and find_spec("num2words") else {})


def build(family: str, folder: Path) -> Path:
    """Saves a model of a family to `folder`, always with the same weights, and returns the folder."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model, processor = (FAMILIES | TORCHVISION)[family]()
    model.generation_config.update(bos_token_id=1, eos_token_id=2, pad_token_id=0)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
