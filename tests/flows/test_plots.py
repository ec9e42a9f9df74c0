"""`dvc plots show` writes a page that opens without a network."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.project import REPOSITORY


def test_the_page_of_plots_loads_nothing_and_draws_only_known_values(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / ".dvc/plots", tmp_path / ".dvc/plots")
    shutil.copy(REPOSITORY / ".dvc/config", tmp_path / ".dvc/config")
    shutil.copy(REPOSITORY / "dvc.yaml", tmp_path / "dvc.yaml")
    shutil.copy(REPOSITORY / "params.yaml", tmp_path / "params.yaml")
    (tmp_path / "metrics").mkdir()
    columns = "step,reward,failure,semantic_diversity,lexical_diversity,invalid,failure_rate,valid_rate,vendi"
    rows = ["0,,,,,,0.1,0.9,13", "1,0.5,0.2,0.3,0.8,0,,,", "2,0.6,0.2,0.3,0.8,0,0.4,0.9,12"]
    more = [f"{row},5,10" for row in rows]
    text = "\n".join([f"{columns},primitives_per_question,words_per_question", *more])
    (tmp_path / "metrics/rewards.csv").write_text(f"{text}\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "plots", "show"], cwd=tmp_path, check=True, capture_output=True)
    page = (tmp_path / "dvc_plots/index.html").read_text(encoding="utf-8")
    assert page.count("vegaEmbed('#") == 4
    assert not re.findall(r'(?:src|href)\s*=\s*"[^"]*"', re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    assert page.count('"equal": ""') == 4
