"""What the small VLMs of tests share: sizes, a tokenizer of the words of the scenes, a chat template."""

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
MEAN: dict[str, Any] = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}


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
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    extra = [*special, *named.values()]
    ids = {word: index for index, word in enumerate(dict.fromkeys([*vocabulary(), *extra]))}
    words = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        extra_special_tokens=named or None,
    )
    # As added tokens they are found without blanks around them too, as processors write them.
    made.add_tokens([AddedToken(token, special=True) for token in ("<user>", "<assistant>", *special)], True)
    return made
