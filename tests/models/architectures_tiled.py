"""More small VLMs with random weights: Aya Vision, Mllama, PaliGemma. Their processors work without torchvision."""

from typing import Any

from tests.models.tiny_parts import MEAN, SIZE, TEXT, VISION, template, tokenizer

SQUARE = {"height": SIZE, "width": SIZE}


def aya_vision() -> tuple[Any, Any]:
    """Builds Aya Vision: tiles with markers, pooled patches."""
    from transformers import (
        AyaVisionConfig,
        AyaVisionProcessor,
        Cohere2Config,
        GotOcr2ImageProcessor,
        SiglipVisionConfig,
    )
    from transformers import AyaVisionForConditionalGeneration as Model

    marks = ("<|START_OF_IMG|>", "<|END_OF_IMG|>", "<|IMG_PATCH|>", "<|IMG_LINE_BREAK|>", "TILE_1", "TILE_GLOBAL")
    words = tokenizer("<image>", *marks)
    pictures = GotOcr2ImageProcessor(size=SQUARE, crop_to_patches=True, max_patches=4, **MEAN)
    processor = AyaVisionProcessor(
        pictures, words, patch_size=12, img_size=SIZE, downsample_factor=2, chat_template=template("<image>")
    )
    heads = TEXT | {"head_dim": 16}
    config = AyaVisionConfig(
        vision_config=SiglipVisionConfig(**{**VISION, "patch_size": 12}, vision_use_head=False),
        text_config=Cohere2Config(**heads, vocab_size=len(words), sliding_window=64),
        downsample_factor=2,
        image_token_index=words.convert_tokens_to_ids("<|IMG_PATCH|>"),
    )
    return Model(config), processor


def mllama() -> tuple[Any, Any]:
    """Builds Mllama, the architecture of Llama 3.2 Vision: the text attends to tiles in layers of their own."""
    from transformers import MllamaConfig, MllamaImageProcessor, MllamaProcessor
    from transformers import MllamaForConditionalGeneration as Model
    from transformers.models.mllama.configuration_mllama import MllamaTextConfig, MllamaVisionConfig

    words = tokenizer("<|python_tag|>", "<|image|>")
    image = words.convert_tokens_to_ids("<|image|>")
    processor = MllamaProcessor(
        MllamaImageProcessor(size=SQUARE, max_image_tiles=4, **MEAN), words, chat_template=template("<|image|>")
    )
    config = MllamaConfig(
        vision_config=MllamaVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_global_layers=1,
            attention_heads=2,
            vision_output_dim=64,
            image_size=SIZE,
            patch_size=16,
            intermediate_layers_indices=[0],
        ),
        text_config=MllamaTextConfig(vocab_size=len(words), cross_attention_layers=[1], **TEXT),
        image_token_index=image,
    )
    model = Model(config)
    for name, one in model.named_parameters():
        if "gate" in name and one.numel() == 1:  # 0 at the start: the text would not attend to the image
            one.data.fill_(0.5)
    return model, processor


def paligemma() -> tuple[Any, Any]:
    """Builds PaliGemma: attention in both directions within the prompt."""
    from transformers import GemmaConfig, PaliGemmaConfig, PaliGemmaProcessor, SiglipImageProcessor, SiglipVisionConfig
    from transformers import PaliGemmaForConditionalGeneration as Model

    words = tokenizer(image_token="<image>")
    pictures = SiglipImageProcessor(size=SQUARE, **MEAN)
    pictures.image_seq_length = 16  # type: ignore[attr-defined]  # the processor of PaliGemma needs it
    processor = PaliGemmaProcessor(pictures, words, chat_template=template("<image>"))
    config = PaliGemmaConfig(
        vision_config=SiglipVisionConfig(**{**VISION, "patch_size": 12}, vision_use_head=False),
        text_config=GemmaConfig(vocab_size=len(words), head_dim=16, **TEXT),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vocab_size=len(words),
        projection_dim=32,
        hidden_size=32,
    )
    return Model(config), processor
