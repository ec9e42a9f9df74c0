"""Small VLMs with random weights whose processors require torchvision (SmolVLM2's also num2words)."""

from typing import Any

from tests.models.tiny_parts import MEAN, SIZE, TEXT, VISION, template, tokenizer


def internvl() -> tuple[Any, Any]:
    """Builds InternVL: tiles of equal size."""
    from transformers import GotOcr2ImageProcessor, InternVLConfig, InternVLProcessor, InternVLVideoProcessor
    from transformers import InternVLForConditionalGeneration as Model

    words = tokenizer(
        start_image_token="<img>", end_image_token="</img>", context_image_token="<IMG_CONTEXT>", video_token="<video>"
    )
    size = {"height": SIZE, "width": SIZE}
    pictures = GotOcr2ImageProcessor(size=size, crop_to_patches=True, max_patches=4, **MEAN)
    processor = InternVLProcessor(
        pictures, words, InternVLVideoProcessor(), image_seq_length=4, chat_template=template("<IMG_CONTEXT>")
    )
    config = InternVLConfig(
        text_config={"model_type": "qwen2", "vocab_size": len(words), **TEXT},
        vision_config=VISION | {"image_size": [SIZE, SIZE], "patch_size": [12, 12]},
        image_token_id=words.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    return Model(config), processor


def smolvlm() -> tuple[Any, Any]:
    """Builds SmolVLM2: Idefics3 with another processor."""
    from transformers import SmolVLMConfig, SmolVLMImageProcessor, SmolVLMProcessor, SmolVLMVideoProcessor
    from transformers import SmolVLMForConditionalGeneration as Model

    places = [f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5)]
    words = tokenizer(*places, "<global-img>", "<fake_token_around_image>", "<image>", "<end_of_utterance>", "<video>")
    edges: dict[str, Any] = {"size": {"longest_edge": 2 * SIZE}, "max_image_size": {"longest_edge": SIZE}}
    pictures = SmolVLMImageProcessor(do_image_splitting=True, **edges, **MEAN)
    processor = SmolVLMProcessor(
        pictures, words, SmolVLMVideoProcessor(**edges), image_seq_len=9, chat_template=template("<image>")
    )
    config = SmolVLMConfig(  # type: ignore[call-arg]  # pad_token_id is a setting of every configuration
        image_token_id=words.convert_tokens_to_ids("<image>"),
        vision_config={**VISION, "patch_size": 8},
        text_config={"model_type": "llama", "vocab_size": len(words), **TEXT},
        scale_factor=2,
        pad_token_id=0,
    )
    return Model(config), processor


def lfm2_vl() -> tuple[Any, Any]:
    """Builds LFM2-VL: layers of convolution and of attention, tiles of any number of patches."""
    from transformers import Lfm2VlConfig, Lfm2VlImageProcessor, Lfm2VlProcessor
    from transformers import Lfm2VlForConditionalGeneration as Model

    marks = ("<|image_start|>", "<|image_end|>", "<|img_thumbnail|>")
    places = [f"<|img_row_{row}_col_{column}|>" for row in range(1, 11) for column in range(1, 11)]
    words = tokenizer(*marks, *places, image_token="<image>")
    pictures = Lfm2VlImageProcessor(
        tile_size=SIZE, encoder_patch_size=12, min_image_tokens=1, max_image_tokens=4, max_tiles=4, **MEAN
    )
    processor = Lfm2VlProcessor(pictures, words, chat_template=template("<image>"))
    tower = {k: v for k, v in VISION.items() if k != "image_size"}
    config = Lfm2VlConfig(
        vision_config={"model_type": "siglip2_vision_model", **tower, "patch_size": 12, "num_patches": 16},
        text_config={"model_type": "lfm2", "vocab_size": len(words), "full_attn_idxs": [1], **TEXT},
        image_token_id=words.convert_tokens_to_ids("<image>"),
        projector_hidden_size=32,
    )
    return Model(config), processor


def llava_onevision() -> tuple[Any, Any]:
    """Builds LLaVA-OneVision: the image and tiles of it, whose number depends on its shape."""
    from transformers import (
        LlavaOnevisionConfig,
        LlavaOnevisionImageProcessor,
        LlavaOnevisionProcessor,
        LlavaOnevisionVideoProcessor,
    )
    from transformers import LlavaOnevisionForConditionalGeneration as Model

    words = tokenizer(image_token="<image>", video_token="<video>")
    grids = [[SIZE, 2 * SIZE], [2 * SIZE, SIZE], [2 * SIZE, 2 * SIZE]]
    pictures = LlavaOnevisionImageProcessor(size={"height": SIZE, "width": SIZE}, image_grid_pinpoints=grids, **MEAN)
    processor = LlavaOnevisionProcessor(
        pictures,
        words,
        LlavaOnevisionVideoProcessor(),
        num_image_tokens=16,
        vision_feature_select_strategy="full",
        chat_template=template("<image>"),
    )
    config = LlavaOnevisionConfig(
        vision_config={"model_type": "siglip_vision_model", **VISION, "patch_size": 12, "vision_use_head": False},
        text_config={"model_type": "qwen2", "vocab_size": len(words), **TEXT},
        image_token_index=words.convert_tokens_to_ids("<image>"),
        video_token_index=words.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=grids,
    )
    return Model(config), processor


def _pixtral_processor(words: Any, merge: int) -> Any:
    from transformers import PixtralImageProcessor, PixtralProcessor

    pictures = PixtralImageProcessor(size={"longest_edge": 2 * SIZE}, patch_size=16, **MEAN)
    return PixtralProcessor(pictures, words, patch_size=16, spatial_merge_size=merge, chat_template=template("[IMG]"))


def pixtral() -> tuple[Any, Any]:
    """Builds Pixtral, in LLaVA's classes: images of any size."""
    from transformers import LlavaConfig
    from transformers import LlavaForConditionalGeneration as Model

    words = tokenizer("[IMG]", "[IMG_BREAK]", "[IMG_END]")
    config = LlavaConfig(
        vision_config={"model_type": "pixtral", **VISION, "image_size": 2 * SIZE},
        text_config={"model_type": "mistral", "vocab_size": len(words), "head_dim": 16, **TEXT},
        image_token_index=words.convert_tokens_to_ids("[IMG]"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
    )
    return Model(config), _pixtral_processor(words, 1)


def mistral3() -> tuple[Any, Any]:
    """Builds Mistral 3: Pixtral's tower, whose patches are merged."""
    from transformers import Mistral3Config
    from transformers import Mistral3ForConditionalGeneration as Model

    words = tokenizer("[IMG]", "[IMG_BREAK]", "[IMG_END]")
    config = Mistral3Config(
        vision_config={"model_type": "pixtral", **VISION, "image_size": 2 * SIZE},
        text_config={"model_type": "mistral", "vocab_size": len(words), "head_dim": 16, **TEXT},
        image_token_index=words.convert_tokens_to_ids("[IMG]"),
        spatial_merge_size=2,
    )
    return Model(config), _pixtral_processor(words, 2)
