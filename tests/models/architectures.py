"""Small VLMs of several families with random weights and tokenizers built here: nothing is downloaded.

Qwen2.5-VL is missing, because its processor requires torchvision.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.tiny_vlm import vocabulary

SIZE = 48  # px
TEXT: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
VISION: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": SIZE,
    "patch_size": 16,
}
MEAN = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}


def template(image: str) -> str:
    """Returns a chat template in which `image` is the placeholder of an image."""
    return (
        "<s> {% for message in messages %}<{{ message['role'] }}> "
        "{% if message['content'] is string %}{{ message['content'] }} {% else %}"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}"
        + image
        + " {% else %}{{ part['text'] }} {% endif %}{% endfor %}{% endif %}"
        "{% if message['role'] == 'assistant' %}</s> {% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<assistant>{% endif %}"
    )


def tokenizer(*special: str, **named: str) -> Any:
    """Returns a tokenizer of the words of the scenes, with `special` tokens and tokens `named` for a processor."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    extra = [*special, *named.values()]
    ids = {word: index for index, word in enumerate(dict.fromkeys([*vocabulary(), *extra]))}
    words = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<user>", "<assistant>", *special],
        extra_special_tokens=named or None,
    )


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
    config = Idefics3Config(
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
    return Model(config), processor


FAMILIES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "llava": llava,
    "llava_next": llava_next,
    "idefics3": idefics3,
    "gemma3": gemma3,
}


def build(family: str, folder: Path) -> Path:
    """Saves a model of a family to `folder`, always with the same weights, and returns the folder."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model, processor = FAMILIES[family]()
    model.generation_config.update(bos_token_id=1, eos_token_id=2, pad_token_id=0)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
