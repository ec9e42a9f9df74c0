"""Recognises result tables of VLMEvalKit, which are named MODEL_DATASET.xlsx, .tsv or .csv."""

import re
from pathlib import Path

import pandas as pd

from blindspot.logs.names import plain
from blindspot.logs.values import text_of

#: What VLMEvalKit writes as the prediction if no reply came.
NO_REPLY = "failed to obtain answer"
#: How the names of VLMEvalKit's data sets begin.
_DATASETS = (
    *("MMBench", "CCBench", "MME", "SEEDBench", "MMMU", "MathVista", "MathVision", "MathVerse", "ScienceQA", "MMStar"),
    *("HallusionBench", "TextVQA", "ChartQA", "AI2D", "LLaVABench", "DocVQA", "InfoVQA", "OCRVQA", "OCRBench", "POPE"),
    *("RealWorldQA", "MMT-Bench", "MMT_Bench", "BLINK", "GQA", "A-OKVQA", "LogicVista", "VStarBench", "MMVet", "COCO"),
    *("TableVQABench", "MMLongBench", "TaskMeAnything", "Q-Bench", "A-Bench", "R-Bench", "CRPE", "MMVP", "HRBench"),
    *(
        "VisOnlyQA",
        "VizWiz",
        "WorldMedQA",
        "DynaMath",
        "OlympiadBench",
        "MIA-Bench",
        "WeMath",
        "CountBenchQA",
        "VQAv2",
    ),
    *(
        "CMMMU",
        "M3GIA",
        "AMBER",
        "CharXiv",
        "CVBench",
        "NaturalBench",
        "Physics",
        "VisuLogic",
        "ZEROBench",
        "OmniDocBench",
    ),
    *("Video-MME", "MVBench", "VLMBlind", "VLRMBench", "DUDE", "SLIDEVQA", "MMDU", "MUIRBench", "GMAI", "VMCBench"),
    *("EMMA", "LENS", "TDBench", "SpatialEval", "3DSRBench", "Creation", "MEGABench", "EmbSpatialBench", "RefCOCO"),
    *(
        "blindspot",
        "OCR_Reasoning",
        "ScreenSpot",
        "SimpleVQA",
        "MM-Math",
        "MTVQA",
        "ERQA",
        "VSR",
        "MMCR",
        "OCRBench_v2",
    ),
)
_NAME = re.compile(rf"^(?P<model>.+?)_(?P<data>(?:{'|'.join(map(re.escape, _DATASETS))}).*)$", re.IGNORECASE)
#: What the evaluation appends to the name of a data set, such as _gpt-4o_result or _score.
_JUDGED = re.compile(
    r"(?:_(?:openai|chatgpt[^_]*|gpt[^_]*|exact_matching|qwen[^_]*|auxmatch))?_(?:results?|judge|score|acc)$"
)


def is_vlmevalkit(table: pd.DataFrame) -> bool:
    """Returns whether a table has the columns of a VLMEvalKit result: index, question, prediction."""
    return {"index", "question", "prediction"} <= {plain(name) for name in table.columns}


def model_and_data(path: Path) -> tuple[str, str] | None:
    """Returns the model and the data set that a file's name is made of, None if it is not.

    VLMEvalKit writes to a folder with the model's name; otherwise a known data set tells where the model's name ends.
    """
    stem = path.stem
    for folder in path.absolute().parents[:3]:
        if folder.name and stem.startswith(f"{folder.name}_"):
            return folder.name, _JUDGED.sub("", stem.removeprefix(f"{folder.name}_"))
    match = _NAME.match(stem)
    return (match["model"], _JUDGED.sub("", match["data"])) if match else None


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with failed calls as errors, and with the image of each row that refers to another row."""
    names = {plain(name): name for name in reversed(table.columns)}
    predictions = [text_of(value) or "" for value in table[names["prediction"]]]
    failed = [text if text.lower().startswith(NO_REPLY) else None for text in predictions]
    changed: dict[str, list[object]] = {}
    if any(failed) and "error" not in names:
        changed["error"] = [*failed]
        changed[names["prediction"]] = [None if no else text for no, text in zip(failed, predictions, strict=True)]
    if "image" in names:
        images = dict(zip(map(text_of, table[names["index"]]), table[names["image"]], strict=True))
        changed[names["image"]] = [images.get(text_of(value), value) for value in table[names["image"]]]
    series = {name: pd.Series(values, dtype=object, index=table.index) for name, values in changed.items()}
    return table.assign(**series)
