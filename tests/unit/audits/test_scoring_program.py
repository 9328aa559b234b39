"""``python -m csiapp.audits.scoring FILE``: a child process without the web or the database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from csiapp.reference import loader

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "csiapp" / "reference" / "data" / "scoring_examples.yaml"
FORM = """
scored_forms:
  - code: F1
    weights: {SI: 100}
    questions:
      - {code: q1, factor: SI, points: 1, method: rating, met_at: 8, answer: %s}
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "csiapp.audits.scoring", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def run_file(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = folder / "forms.yaml"
    file.write_text(text, encoding="utf-8")
    return run(file)


def test_it_prints_what_the_examples_expect() -> None:
    done = run(EXAMPLES)
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    for example in loader.scoring_examples()["scored_forms"]:
        expected = dict(example["expected"])
        if "variant" in example:
            expected["variant"] = example["variant"]["expected"]
        assert printed[example["code"]] == expected


def test_it_loads_neither_flask_nor_sqlalchemy() -> None:
    program = (
        "import runpy, sys\n"
        f"sys.argv = ['scoring', {str(EXAMPLES)!r}]\n"
        "try:\n    runpy.run_module('csiapp.audits.scoring', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'flask', 'sqlalchemy', 'werkzeug', 'jinja2'}, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_expectations_it_prints_everything(tmp_path: Path) -> None:
    printed = json.loads(run_file(tmp_path, FORM % 7).stdout)["F1"]
    assert printed["raw_index"] == 700
    assert printed["points_lost_top"] == [{"code": "q1", "index_points": 300.0}]
    assert "compliance_pct" in printed


def test_it_prints_only_what_is_expected(tmp_path: Path) -> None:
    expecting = FORM % 7 + "    expected: {grade: X, step_scores: {}, weather: fine}\n"
    assert json.loads(run_file(tmp_path, expecting).stdout) == {
        "F1": {"step_scores": {}, "grade": "C"}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FORM % 11, "form F1: question q1: rating 11 is outside 0 to 10"),
        (FORM % "lots", "form F1: question q1: 'lots' is not a number"),
        (FORM % "null", "form F1: question q1: is blank"),
        (FORM.replace("met_at: 8, ", "") % 7, "form F1: question q1: 'met_at' is missing"),
        (FORM.replace("method: rating", "method: luck") % 7, "unknown method 'luck'"),
        (FORM.replace("weights: {SI: 100}", "weights: {SQ: 100}") % 7, "factor 'SI' has no weight"),
        (FORM.replace("points: 1,", "points: 1, points: 2,") % 7, "key 'points' stands twice"),
        ("caps: 7\n" + FORM % 7, "limits: "),
        ("scored_forms: []", "has no list scored_forms"),
        ("just text", "has no list scored_forms"),
        ("a: [1", "cannot be read"),
        ("scored_forms: [7]", "form 1: "),
    ],
)
def test_a_bad_file_ends_with_2_and_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    done = run_file(tmp_path, text)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_or_argument_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path / "absent.yaml").returncode == 2
    assert run().returncode == 2
