"""Builds the embedded VLM with the LLaVA classes of transformers, small enough to train on two CPU cores.

A 1-layer CLIP tower sees an image of 48 × 48 px as nine patches, one per place of a scene. A Llama with 3 layers and
width 128 reads and writes words. The model has 0.78 M parameters. The questioner and the judges have a fourth layer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.scenes.draw import IMAGE_SIZE
from blindspot.scenes.question import COMPARISONS, EXTREMA, RELATIONS, Description, Question, phrasings
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, GRID, SHAPES, SIZES
from lab.scene_curriculum import NOTHING

if TYPE_CHECKING:
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

WIDTH = 128
LAYERS = 3
HEADS = 4
POSITIONS = 256  # tokens, including those of the image
PLACE_SCALE = 1.0  # standard deviation of the vision tower's position embedding
PATCH_EMBEDDING = "model.vision_tower.embeddings.patch_embedding.weight"

DESCRIBE = "describe the image ."
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>", "<image>", "<user>", "<assistant>")

CHAT_TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>"
    "{% if message['content'] is string %} {{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %} <image>{% else %} {{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %} </s>{% endif %} {% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)

#: The same with the image after the text, so that the representation of a patch can depend on the question.
IMAGE_LAST = CHAT_TEMPLATE.replace(
    "{% for part in message['content'] %}",
    "{% for part in message['content'] if part['type'] != 'image' %} {{ part['text'] }}{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'image' %}",
)


def vocabulary(more: Sequence[str] = ()) -> list[str]:
    """Returns all words of templates, answers, captions and `more` in a fixed order, special tokens first."""
    words = {str(number) for number in range(GRID * GRID + 1)} | {"yes", "no", NOTHING, ",", "."}
    words |= set(f"{DESCRIBE} {question_prompt(embedded_prompts('questioner'))}".split())
    words |= {word for values in ATTRIBUTES.values() for word in values}
    words |= {word for question in _every_kind() for text in phrasings(question) for word in text.split()}
    return [*SPECIAL, *sorted(words | set(more))]


def build_processor(
    words: Sequence[str] = (), phrases: Sequence[str] = (), template: str = CHAT_TEMPLATE
) -> "LlavaProcessor":
    """Returns a processor: a word-level tokenizer, an image processor and a chat template.

    `words`: additional words. `phrases`: texts of any length, each of which is always one token. `template`:
    CHAT_TEMPLATE or IMAGE_LAST.
    """
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
    from transformers import CLIPImageProcessor, LlavaProcessor, PreTrainedTokenizerFast

    ids = {word: index for index, word in enumerate(vocabulary(words))}
    splitter = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    splitter.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=splitter,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<image>", "<user>", "<assistant>"],
        padding_side="left",
        model_max_length=POSITIONS,
    )
    tokenizer.add_tokens([AddedToken(phrase, normalized=False) for phrase in phrases])
    size = {"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    return LlavaProcessor(
        image_processor=CLIPImageProcessor(
            size=size,
            crop_size=size,
            do_center_crop=False,
            do_convert_rgb=True,
            image_mean=[0.5] * 3,
            image_std=[0.5] * 3,
        ),
        tokenizer=tokenizer,
        patch_size=IMAGE_SIZE // GRID,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=template,
    )


def build_model(processor: "LlavaProcessor", seed: int, layers: int = LAYERS) -> "LlavaForConditionalGeneration":
    """Returns a model with random weights: Normal(0, fan_in^-0.5), with standard deviation 0.3 for word embeddings.

    With transformers' own initialisation, a model this small does not learn to see within its training. The patch
    embedding is not trained. A trained one grows until the position of a patch is almost lost: 0.2 % of the variance
    of the language model's input.
    """
    import torch
    from transformers import LlavaForConditionalGeneration

    tokenizer = processor.tokenizer
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(_config(processor, layers))
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=_deviation(name, weight[0].numel()))
    model.get_parameter(PATCH_EMBEDDING).requires_grad_(False)
    model.generation_config.update(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return model


def _config(processor: "LlavaProcessor", layers: int) -> "LlavaConfig":
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig

    tokenizer = processor.tokenizer
    return LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=WIDTH,
            intermediate_size=2 * WIDTH,
            num_hidden_layers=1,
            num_attention_heads=HEADS,
            image_size=IMAGE_SIZE,
            patch_size=IMAGE_SIZE // GRID,
            projection_dim=WIDTH,
        ),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=2 * WIDTH,
            num_hidden_layers=layers,
            num_attention_heads=HEADS,
            num_key_value_heads=HEADS,
            max_position_embeddings=POSITIONS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            tie_word_embeddings=False,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        image_seq_length=GRID * GRID,
        tie_word_embeddings=False,
    )


def _deviation(name: str, fan_in: int) -> float:
    if "position_embedding" in name:
        return PLACE_SCALE
    return 0.3 if "embed" in name and "patch" not in name else fan_in**-0.5


def _every_kind() -> list[Question]:
    """Returns one question for each phrasing of the grammar."""
    thing = Description(SIZES[0], COLOURS[0], SHAPES[0])
    things = [Description(shape=shape) for shape in (*SHAPES, None)]
    kinds = [Question(family, one) for family in ("existence", "counting") for one in things]
    kinds += [Question("relation", thing, word=word, other=thing) for word in RELATIONS]
    kinds += [Question("comparison", thing, word=word, other=thing) for word in COMPARISONS]
    for attribute in ATTRIBUTES:
        kinds.append(Question(attribute, thing, attribute=attribute))
        kinds.append(Question("same", thing, attribute=attribute, other=thing))
        kinds += [Question("extremum", thing, attribute=attribute, word=word) for word in EXTREMA]
    return kinds
