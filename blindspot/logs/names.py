"""The usual names of columns, in order of preference, and how names are compared."""

import re

QUESTION = ("question", "question_text", "query", "prompt", "user_prompt", "problem", "instruction", "input", "text")
REFERENCE = (
    *("reference", "references", "reference_answer", "reference_answers", "gold", "gold_answer", "golden_answer"),
    *("ground_truth", "groundtruth", "ground_truth_answer", "gt", "gt_answer", "gt_answers", "true_answer"),
    *("correct_answer", "correct_answers", "expected", "expected_answer", "ideal", "target", "targets", "label"),
    *("labels", "solution", "answers", "gts"),
)
#: Columns with a model's answer; those before "response" hold an answer that a tool extracted from the raw reply.
EXTRACTED = (
    *("parsed_answer", "parsed_pred", "parsed_prediction", "parsed_response", "extracted_answer", "extracted_pred"),
    *("extraction", "pred_answer", "predicted_answer"),
)
REPLIES = (
    *("prediction", "predictions", "predicted", "pred", "preds", "model_prediction", "model_answer", "model_response"),
    *(
        "model_output",
        "output_text",
        "candidate_answer",
        "response",
        "responses",
        "output",
        "outputs",
        "generated_answer",
    ),
    *("generated_text", "generated", "generation", "completion", "reply", "hypothesis", "llm_answer", "vlm_answer"),
)
RAW = (
    "raw",
    "raw_answer",
    "raw_response",
    "raw_output",
    "raw_reply",
    "raw_prediction",
    "full_response",
    "full_output",
)
#: A column that is the reference beside a prediction, and the model's answer beside a reference.
ANSWER = "answer"
#: LLaVA names the model's answer so, beside a column `prompt`.
TEXT = "text"
WRONG = ("wrong", "is_wrong", "incorrect", "is_incorrect", "failed", "is_failed", "failure", "is_failure", "fail")
#: Either a verdict, or the text of an error that left the row without an answer.
ERROR = ("unscored", "error", "is_error", "errors", "error_message", "exception")
CORRECT = (
    *("correct", "is_correct", "iscorrect", "correctness", "hit", "eval_match", "true_false", "acc", "accuracy"),
    *(
        "exact_match",
        "em",
        "right",
        "is_right",
        "passed",
        "pass",
        "success",
        "match",
        "matched",
        "verdict",
        "judgement",
    ),
    *("judgment", "judge", "grade", "eval"),
)
SCORE = (
    *(
        "score",
        "scores",
        "eval_score",
        "vqa_score",
        "vqa_accuracy",
        "vqa_acc",
        "judge_score",
        "gpt_score",
        "llm_score",
    ),
    *("rating", "anls", "relaxed_accuracy", "relaxed_overall", "f1", "reward"),
)
IMAGE = (
    *("image", "images", "img", "image_path", "img_path", "image_paths", "image_file", "image_url", "image_filename"),
    *("img_url", "image_name", "picture", "photo", "image_base64", "image_bytes", "file_name", "filename"),
)
IMAGE_ID = ("image_id", "img_id", "imageid", "imgid", "image_ids", "coco_id", "coco_image_id")
ROW_ID = (
    *("id", "row_id", "sample_id", "question_id", "questionid", "qid", "doc_id", "uid", "uuid", "pid", "example_id"),
    *("index", "idx", "unnamed_0"),
)
MODEL = ("model", "model_name", "model_id", "candidate", "model_path")
OPTIONS = ("options", "choices", "answer_choices", "multiple_choices", "candidates", "mc_options", "option_list")
#: What may stand before a model's name where a table has columns for each model, such as answer_NAME and wrong_NAME.
PER_MODEL = {
    "answer": ("answer", "prediction", "pred", "response", "output"),
    "raw": ("raw",),
    "wrong": ("wrong", "incorrect"),
    "correct": ("correct", "hit", "acc"),
    "score": ("score",),
}
#: What stands after such a word without being a model's name, as in answer_type.
NOT_A_MODEL = {
    *("type", "types", "id", "ids", "index", "idx", "letter", "text", "format", "length", "start", "end", "language"),
    *("lang", "options", "option", "key", "category", "choices", "choice", "list", "label", "number", "count", "time"),
    *("answer", "response", "output", "reply", "prediction", "match", "score", "raw", "a", "b", "c", "d", "e"),
    *("file", "dir", "path", "url", "date", "name", "tokens", "logprob", "logprobs", "prob", "level", "set", "idx"),
    *("rate", "reason", "explanation", "confidence", "source", "message", "code", "class", "value", "model"),
}


def plain(name: object) -> str:
    """Returns a column's name in small letters with single underscores: "imageId" and "Image ID" give "image_id"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name).strip())
    return re.sub(r"[\W_]+", "_", words.lower()).strip("_")
