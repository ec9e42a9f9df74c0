"""Configurations of the models that recipes name, with their real sizes: they are built on the device meta."""

from typing import Any


def qwen2_5_vl(hidden: int, intermediate: int, layers: int, heads: int, kv_heads: int, tied: bool) -> Any:
    """Returns the configuration of a Qwen2.5-VL-Instruct."""
    from transformers import Qwen2_5_VLConfig

    text = {
        "hidden_size": hidden,
        "intermediate_size": intermediate,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "vocab_size": 151936 if tied else 152064,
        "max_position_embeddings": 128000,
        "tie_word_embeddings": tied,
    }
    vision = {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "out_hidden_size": hidden}
    return Qwen2_5_VLConfig(dtype="bfloat16", tie_word_embeddings=tied, text_config=text, vision_config=vision)


def qwen3_vl_2b() -> Any:
    """Returns the configuration of Qwen3-VL-2B-Instruct."""
    from transformers import Qwen3VLConfig

    text = {
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
        "max_position_embeddings": 262144,
        "tie_word_embeddings": True,
    }
    vision = {
        "depth": 24,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "out_hidden_size": 2048,
        "patch_size": 16,
        "deepstack_visual_indexes": [5, 11, 17],
    }
    return Qwen3VLConfig(dtype="bfloat16", tie_word_embeddings=True, text_config=text, vision_config=vision)


def smolvlm2() -> Any:
    """Returns the configuration of SmolVLM2-2.2B-Instruct."""
    from transformers import SmolVLMConfig

    text = {
        "model_type": "llama",
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 24,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "vocab_size": 49280,
        "max_position_embeddings": 8192,
    }
    vision = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16}
    vision |= {"image_size": 384, "patch_size": 14}
    return SmolVLMConfig(
        dtype="bfloat16", tie_word_embeddings=False, scale_factor=3, text_config=text, vision_config=vision
    )


#: The parameters of each model, in billions, as its page on the Hub states them; and its configuration.
MODELS: dict[str, tuple[float, Any]] = {
    "Qwen/Qwen2.5-VL-3B-Instruct": (3.75, lambda: qwen2_5_vl(2048, 11008, 36, 16, 2, True)),
    "Qwen/Qwen2.5-VL-7B-Instruct": (8.29, lambda: qwen2_5_vl(3584, 18944, 28, 28, 4, False)),
    "Qwen/Qwen3-VL-2B-Instruct": (2.13, qwen3_vl_2b),
    "HuggingFaceTB/SmolVLM2-2.2B-Instruct": (2.25, smolvlm2),
}


def on_meta(name: str) -> Any:
    """Returns a model of MODELS without memory for its weights."""
    import torch
    from transformers import AutoModelForImageTextToText

    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(MODELS[name][1]())
