"""Requests that a server rejects because of a field, an image or a content filter."""

from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.faults.fault import STOP, Fault, status

_ERROR = Unscored.SERVER_ERROR


def _error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message} | more}


FIELDS: list[Fault] = [
    status(
        "max_tokens is not supported",
        400,
        _error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param="max_tokens"),
        STOP,
        "Use 'max_completion_tokens'",
        "set token_limit: max_completion_tokens",
    ),
    status(
        "max_completion_tokens is unknown",
        400,
        _error("Unrecognized request argument supplied: max_completion_tokens"),
        STOP,
        "set token_limit: max_tokens",
        options={"token_limit": "max_completion_tokens"},
    ),
    status(
        "max_tokens is too large",
        400,
        _error("max_tokens of 16 is not allowed: at most 8"),
        STOP,
        "lower max_new_tokens",
    ),
    status(
        "temperature",
        400,
        _error("'temperature' does not support 0.0. Only the default (1) value is supported."),
        STOP,
        "Only the default",
        "extra: {temperature: 1}",
    ),
    status(
        "response_format",
        400,
        _error("'response_format' of type 'json_schema' is not supported."),
        STOP,
        "set json_schema: false",
    ),
    status(
        "response_format is unavailable",
        400,
        _error("This response_format type is unavailable now"),
        STOP,
        "set json_schema: false",
    ),
    status(
        "a field of extra (pydantic)",
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "top_k"], "msg": "Extra inputs are not permitted"}]},
        STOP,
        "Extra inputs are not permitted",
        "remove top_k",
        options={"extra": {"top_k": 1}},
    ),
    status(
        "a field of extra (OpenAI)",
        400,
        _error("Unknown parameter: 'top_k'.", param="top_k"),
        STOP,
        "remove top_k",
        options={"extra": {"top_k": 1}},
    ),
    status(
        "a field of extra that is a letter of the message",
        400,
        _error("Unknown shape of input."),
        _ERROR,
        "shape",
        options={"extra": {"n": 1}},
    ),
    status(
        "a query parameter",
        400,
        _error("The api-version query parameter is not supported."),
        STOP,
        "remove api-version",
        options={"query": {"api-version": "1"}},
    ),
    status(
        "no image input", 400, _error("This model does not support image input."), STOP, "name a vision-language model"
    ),
    status("no image input (vLLM)", 400, _error("m is not a multimodal model"), STOP, "name a vision-language model"),
    status(
        "no image input (llama.cpp)",
        500,
        _error("image input is not supported - hint: provide the mmproj"),
        STOP,
        "mmproj",
        "name a vision-language model",
    ),
    status(
        "an unsupported image format",
        400,
        _error("You uploaded an unsupported image.", code="invalid_image_format"),
        _ERROR,
        "unsupported image",
    ),
    status(
        "an unsupported image size",
        400,
        _error("The model does not support images larger than 4096 px."),
        _ERROR,
        "larger than 4096",
    ),
    status(
        "an image file that is too large",
        400,
        _error("image exceeds 5 MB maximum: 6012345 bytes > 5242880 bytes"),
        _ERROR,
        "5 MB",
    ),
    status(
        "context length",
        400,
        _error("The maximum context length is 4096 tokens. You requested 5000.", code="context_length_exceeded"),
        _ERROR,
        "4096 tokens",
    ),
]

_AZURE = _error(
    "The prompt triggered Azure OpenAI's content management policy.",
    code="content_filter",
    innererror={"code": "ResponsibleAIPolicyViolation"},
)
REFUSALS: list[Fault] = [
    status("the content filter of Azure", 400, _AZURE, Unscored.REFUSED, "content management policy"),
    status(
        "the content filter of Azure, inner code only",
        400,
        _error("no", innererror={"code": "ResponsibleAIPolicyViolation"}),
        Unscored.REFUSED,
        "no",
    ),
    status(
        "the policy of OpenAI",
        400,
        _error("Your request was rejected by our safety system.", code="content_policy_violation"),
        Unscored.REFUSED,
        "safety system",
    ),
    status(
        "the moderation of OpenRouter",
        403,
        _error("Your input was flagged by moderation", code=403),
        Unscored.REFUSED,
        "flagged",
    ),
    status(
        "the inspection of Alibaba",
        400,
        {"code": "data_inspection_failed", "message": "stopped"},
        Unscored.REFUSED,
        "stopped",
    ),
]
