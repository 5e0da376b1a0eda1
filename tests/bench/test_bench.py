"""The bench in its quick form: it comes to its end, and its last line is one JSON object with every figure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = (
    "reports_per_second",
    "noop_per_second",
    "ratio_to_noop",
    "publish_to_alert_p50_ms",
    "publish_to_alert_p99_ms",
    "rebuild_200k_s",
    "rebuild_reports",
    "rss_mb",
    "batches",
    "mean_batch",
)
STAGES = {"decode", "open", "standardise", "link", "cases and alerts", "rows", "reseal", "store rows", "other"}


@pytest.mark.long
def test_the_quick_bench_ends_with_one_json_object_that_has_every_figure() -> None:
    done = subprocess.run(
        (sys.executable, "-m", "bench", "--quick"),
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert all(figures[name] > 0 for name in FIGURES)
    assert figures["stages_us"].keys() >= STAGES
    assert figures["machine"].keys() >= {"cores", "python"}
    assert figures["reports"] == 3000
    assert figures["quarantined"] == 0
