"""Small VLMs with random weights that take images of any size: Qwen's families, GLM-4.1V. They require torchvision."""

from collections.abc import Callable
from typing import Any

from tests.models.tiny_parts import TEXT, template, tokenizer

PATCH = 14  # px
PIXELS = {"shortest_edge": (2 * PATCH) ** 2, "longest_edge": 16 * (2 * PATCH) ** 2}
QWEN_TOWER: dict[str, Any] = {
    "depth": 2,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_heads": 2,
    "patch_size": PATCH,
    "spatial_merge_size": 2,
    "out_hidden_size": 32,
}
MROPE = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 3, 3], "mrope_interleaved": True}


def _qwen_processor(kind: str, words: Any, start: str, image: str, end: str) -> Any:
    import transformers

    sizes: dict[str, Any] = {"patch_size": PATCH, "merge_size": 2}
    pictures = transformers.Qwen2VLImageProcessor(size=PIXELS, **sizes)
    films = transformers.Qwen2VLVideoProcessor(**sizes)
    return getattr(transformers, kind)(pictures, words, films, chat_template=template(f"{start}{image}{end}"))


def _qwen_ids(words: Any) -> dict[str, int]:
    names = {"image": "<|image_pad|>", "video": "<|video_pad|>"}
    names |= {f"vision_{side}": f"<|vision_{side}|>" for side in ("start", "end")}
    return {f"{name}_token_id": words.convert_tokens_to_ids(token) for name, token in names.items()}


def _qwen(kind: str, config: Callable[[dict[str, Any]], Any], processor: str) -> tuple[Any, Any]:
    import transformers

    words = tokenizer("<|vision_start|>", "<|vision_end|>", image_token="<|image_pad|>", video_token="<|video_pad|>")
    text = TEXT | {"vocab_size": len(words), "rope_parameters": MROPE}
    model = getattr(transformers, f"{kind}ForConditionalGeneration")(
        getattr(transformers, f"{kind}Config")(**config(text), **_qwen_ids(words))
    )
    return model, _qwen_processor(processor, words, "<|vision_start|>", "<|image_pad|>", "<|vision_end|>")


def qwen2_vl() -> tuple[Any, Any]:
    """Builds Qwen2-VL: images of any size, rotary positions in three dimensions."""
    tower = {"depth": 2, "embed_dim": 32, "hidden_size": 32, "mlp_ratio": 2, "num_heads": 2, "patch_size": PATCH}
    return _qwen("Qwen2VL", lambda text: {"text_config": text, "vision_config": tower}, "Qwen2VLProcessor")


def qwen2_5_vl() -> tuple[Any, Any]:
    """Builds Qwen2.5-VL: attention within windows of the image."""
    tower = QWEN_TOWER | {"window_size": 4 * PATCH, "fullatt_block_indexes": [1]}
    return _qwen("Qwen2_5_VL", lambda text: {"text_config": text, "vision_config": tower}, "Qwen2_5_VLProcessor")


def qwen3_vl() -> tuple[Any, Any]:
    """Builds Qwen3-VL: features of inner layers of the image encoder are added to the text."""
    tower = QWEN_TOWER | {"num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    return _qwen(
        "Qwen3VL", lambda text: {"text_config": text | {"head_dim": 16}, "vision_config": tower}, "Qwen3VLProcessor"
    )


def qwen3_vl_moe() -> tuple[Any, Any]:
    """Builds Qwen3-VL-MoE: Qwen3-VL in which each token is processed by some of several experts."""
    tower = QWEN_TOWER | {"num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    experts = {"head_dim": 16, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
    return _qwen(
        "Qwen3VLMoe", lambda text: {"text_config": text | experts, "vision_config": tower}, "Qwen3VLProcessor"
    )


def qwen3_5() -> tuple[Any, Any]:
    """Builds Qwen3.5: one layer of linear and one of full attention."""
    linear = {"linear_key_head_dim": 16, "linear_value_head_dim": 16, "linear_num_key_heads": 2}
    layers = {"linear_num_value_heads": 2, "layer_types": ["linear_attention", "full_attention"], "head_dim": 64}
    tower = QWEN_TOWER | {"num_position_embeddings": 64}
    return _qwen(
        "Qwen3_5", lambda text: {"text_config": text | linear | layers, "vision_config": tower}, "Qwen3VLProcessor"
    )


def glm4v() -> tuple[Any, Any]:
    """Builds GLM-4.1V: images of any size."""
    from transformers import Glm4vConfig, Glm4vImageProcessor, Glm4vProcessor, Glm4vVideoProcessor
    from transformers import Glm4vForConditionalGeneration as Model

    start, end = "<|begin_of_image|>", "<|end_of_image|>"
    films = ("<|begin_of_video|>", "<|end_of_video|>")
    words = tokenizer(start, end, *films, image_token="<|image|>", video_token="<|video|>")
    ids = words.convert_tokens_to_ids
    sizes: dict[str, Any] = {"patch_size": PATCH, "merge_size": 2}
    pictures = Glm4vImageProcessor(size=PIXELS, **sizes)
    processor = Glm4vProcessor(
        pictures, words, Glm4vVideoProcessor(), chat_template=template(f"{start}<|image|>{end}")
    )
    rope = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 3, 3]}
    config = Glm4vConfig(
        text_config=TEXT | {"vocab_size": len(words), "rope_parameters": rope},
        vision_config=QWEN_TOWER | {"image_size": 4 * PATCH},
        image_token_id=ids("<|image|>"),
        video_token_id=ids("<|video|>"),
        image_start_token_id=ids(start),
        image_end_token_id=ids(end),
        video_start_token_id=ids(films[0]),
        video_end_token_id=ids(films[1]),
    )
    return Model(config), processor
