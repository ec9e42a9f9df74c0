"""Where the stages put their files. Paths are relative to the workspace, the folder with dvc.yaml."""

from pathlib import Path

BUDGET = Path("data/budget.json")  # the limits, and what the confirmation needs

IMAGES = Path("data/images")

EXPLORED_FOLDER = Path("data/explored")
EXPLORED = EXPLORED_FOLDER / "asked.parquet"
EXPLORED_MODES = EXPLORED_FOLDER / "modes.json"
EXPLORED_SPENT = EXPLORED_FOLDER / "spent.json"  # what the stages have spent up to this one

DISCOVERED_FOLDER = Path("data/discovered")
DISCOVERED = DISCOVERED_FOLDER / "asked.parquet"  # by explore and train
DISCOVERED_MODES = DISCOVERED_FOLDER / "modes.json"
DISCOVERED_SPENT = DISCOVERED_FOLDER / "spent.json"

QUESTIONER = Path("models/questioner")  # the trained questioner
REWARDS = Path("metrics/rewards.csv")

ROLLOUTS_FOLDER = Path("data/rollouts")
ROLLOUTS = ROLLOUTS_FOLDER / "rollouts.parquet"
ROLLOUTS_SPENT = ROLLOUTS_FOLDER / "spent.json"
CANDIDATE_REPLIES = ROLLOUTS_FOLDER / "replies.parquet"  # missing if keep_raw is none

VERDICTS_FOLDER = Path("data/verdicts")
VERDICTS = VERDICTS_FOLDER / "verdicts.parquet"
VERDICTS_SPENT = VERDICTS_FOLDER / "spent.json"
UNSCORED = VERDICTS_FOLDER / "unscored.json"
REPEATS = VERDICTS_FOLDER / "repeats.parquet"
REPLIES = VERDICTS_FOLDER / "replies.parquet"  # of the candidate and the judge; missing if keep_raw is none

AUDIT_FOLDER = Path("data/audit")
AUDIT = AUDIT_FOLDER / "audit.parquet"

TAXONOMY_FOLDER = Path("data/taxonomy")
QUESTIONS = TAXONOMY_FOLDER / "questions.parquet"
TAXONOMY_SPENT = TAXONOMY_FOLDER / "spent.json"
FAILURE_MODES = TAXONOMY_FOLDER / "failure_modes.json"

EXPLORE_METRICS = Path("metrics/explore.json")
TRAIN_METRICS = Path("metrics/train.json")
VERIFY_METRICS = Path("metrics/verify.json")
AUDIT_METRICS = Path("metrics/audit.json")
TAXONOMY_METRICS = Path("metrics/taxonomy.json")
SUMMARY = Path("metrics/summary.json")  # what `dvc metrics show` prints

REPORTS = Path("reports")
LABEL_PAGE = REPORTS / "label.html"
SINGLE_FILE = REPORTS / "report.html"  # all pages in one file
FAILURE_SET = REPORTS / "failures"
