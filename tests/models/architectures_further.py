"""Further small VLMs with random weights: Command A Vision, DeepSeek-VL, Gemma 4, Idefics2, Ovis2."""

from typing import Any

from tests.models.tiny_parts import MEAN, SIZE, TEXT, VISION, template, tokenizer

SQUARE = {"height": SIZE, "width": SIZE}
SIGLIP: dict[str, Any] = {"model_type": "siglip_vision_model", **VISION, "patch_size": 12, "vision_use_head": False}


def idefics2() -> tuple[Any, Any]:
    """Builds Idefics2: images of any size, resampled to a fixed number of tokens."""
    from transformers import Idefics2Config, Idefics2ImageProcessor, Idefics2Processor
    from transformers import Idefics2ForConditionalGeneration as Model

    words = tokenizer("<fake_token_around_image>", "<image>", "<end_of_utterance>")
    pictures = Idefics2ImageProcessor(
        size={"shortest_edge": SIZE // 2, "longest_edge": 2 * SIZE}, do_image_splitting=False, **MEAN
    )
    processor = Idefics2Processor(pictures, words, image_seq_len=4, chat_template=template("<image>"))
    resampler = {"hidden_size": 32, "resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2}
    config = Idefics2Config(
        vision_config=VISION | {"image_size": 2 * SIZE, "patch_size": 12},
        perceiver_config=resampler | {"resampler_head_dim": 16, "num_key_value_heads": 2},
        text_config={"model_type": "mistral", "vocab_size": len(words), "head_dim": 16, **TEXT},
        image_token_id=words.convert_tokens_to_ids("<image>"),
    )
    return Model(config), processor


def deepseek_vl() -> tuple[Any, Any]:
    """Builds DeepSeek-VL: images padded to a square."""
    from transformers import DeepseekVLConfig, DeepseekVLImageProcessor, DeepseekVLProcessor
    from transformers import DeepseekVLForConditionalGeneration as Model

    words = tokenizer(image_token="<image_placeholder>")
    processor = DeepseekVLProcessor(
        DeepseekVLImageProcessor(size=SQUARE, **MEAN), words, template("<image_placeholder>"), num_image_tokens=16
    )
    config = DeepseekVLConfig(
        vision_config=SIGLIP,
        text_config={"model_type": "llama", "vocab_size": len(words), **TEXT},
        image_token_id=words.convert_tokens_to_ids("<image_placeholder>"),
    )
    return Model(config), processor


def gemma4() -> tuple[Any, Any]:
    """Builds Gemma 4: images of any shape, pooled; embeddings of tokens in each layer."""
    from transformers import Gemma4Config, Gemma4ImageProcessor, Gemma4Processor, Gemma4VideoProcessor
    from transformers import Gemma4ForConditionalGeneration as Model
    from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor

    marks = {"boi_token": "<|image>", "eoi_token": "<image|>", "boa_token": "<|audio>", "eoa_token": "<audio|>"}
    words = tokenizer("<|video|>", image_token="<|image|>", audio_token="<|audio|>", **marks)
    ids = words.convert_tokens_to_ids
    sizes: dict[str, Any] = {"patch_size": 4, "max_soft_tokens": 70, "pooling_kernel_size": 3}
    parts = Gemma4AudioFeatureExtractor(), Gemma4ImageProcessor(**sizes), words, Gemma4VideoProcessor()
    text = {"hidden_size_per_layer_input": 8, "vocab_size_per_layer_input": len(words), "vocab_size": len(words)}
    layers = {"head_dim": 16, "global_head_dim": 16, "layer_types": ["sliding_attention", "full_attention"]}
    tower = {k: v for k, v in VISION.items() if k not in ("image_size", "patch_size")}
    config = Gemma4Config(
        text_config={"model_type": "gemma4_text", **text, **layers, "sliding_window": 64, **TEXT},
        vision_config={**tower, "num_key_value_heads": 2, "head_dim": 16, "patch_size": 4, "pooling_kernel_size": 3},
        audio_config=None,
        boi_token_id=ids("<|image>"),
        eoi_token_id=ids("<image|>"),
        image_token_id=ids("<|image|>"),
        video_token_id=ids("<|video|>"),
    )
    return Model(config), Gemma4Processor(*parts, chat_template=template("<|image|>"), image_seq_length=70)


def cohere2_vision() -> tuple[Any, Any]:
    """Builds Command A Vision: tiles, pooled patches."""
    from transformers import Cohere2VisionConfig, Cohere2VisionImageProcessor, Cohere2VisionProcessor
    from transformers import Cohere2VisionForConditionalGeneration as Model

    marks = {"boi_token": "<|START_OF_IMG|>", "eoi_token": "<|END_OF_IMG|>", "image_token": "<|IMG_PATCH|>"}
    words = tokenizer(**marks, img_line_break_token="<|IMG_LINE_BREAK|>")
    patches: dict[str, Any] = {"max_patches": 4, "patch_size": 2}  # of tokens, not of px
    pictures = Cohere2VisionImageProcessor(size=SQUARE, **patches, **MEAN)
    config = Cohere2VisionConfig(
        vision_config=SIGLIP,
        text_config={"model_type": "cohere2", "vocab_size": len(words), "head_dim": 16, "sliding_window": 64, **TEXT},
        image_token_id=words.convert_tokens_to_ids("<|IMG_PATCH|>"),
        alignment_intermediate_size=64,
    )
    return Model(config), Cohere2VisionProcessor(pictures, words, chat_template=template("<|IMG_PATCH|>"))


def ovis2() -> tuple[Any, Any]:
    """Builds Ovis2: each patch is a distribution over visual words."""
    from transformers import Ovis2Config, Ovis2ImageProcessor, Ovis2Processor
    from transformers import Ovis2ForConditionalGeneration as Model

    marks = [f"<IMG_{name}>" for name in ("START", "GRID", "COL", "ROW", "END")]
    words = tokenizer("<image>", "<IMG_ATOM>", *marks)
    pictures = Ovis2ImageProcessor(size=SQUARE, crop_to_patches=True, max_patches=4, **MEAN)
    processor = Ovis2Processor(pictures, words, template("<image>"), image_seq_length=16)
    config = Ovis2Config(
        vision_config=VISION | {"patch_size": 12, "vocab_size": 64},
        text_config={"model_type": "qwen2", "vocab_size": len(words), **TEXT},
        image_token_id=words.convert_tokens_to_ids("<IMG_ATOM>"),
        visual_indicator_token_ids=words.convert_tokens_to_ids(marks),
        vocab_size=len(words),
        hidden_size=32,
    )
    return Model(config), processor
