"""Measures, units and problems in the words of both languages."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale

from csiapp.standards import checks
from csiapp.standards.content import make_measure, standards_in
from csiapp.standards.wording import REASONS, measure_words
from tests.factories.standards import reference_content

pytestmark = pytest.mark.db

DURATION = {"unit": "minute", "op": "<=", "target": 3, "tolerance": 3}


@pytest.mark.parametrize(("kind", "values", "english", "chinese"), [
    ("duration", DURATION, "at most 3 minutes, zero at 6", "不超过3分钟，到6得零分"),
    ("duration", {**DURATION, "target": 1, "tolerance": 0}, "at most 1 minute, else zero",
     "不超过1分钟，否则得零分"),
    ("duration", {**DURATION, "target": "2.5", "tolerance": "0.5"},
     "at most 2.5 minutes, zero at 3", "不超过2.5分钟，到3得零分"),
    ("percentage", {"unit": "percent", "op": ">=", "target": 95, "tolerance": 15},
     "at least 95%, zero at 80%", "不少于95%，到80%得零分"),
    ("count", {"unit": "signs", "op": ">=", "target": 2, "tolerance": 3}, "at least 2 signs",
     "不少于2处标识"),
    ("rating", {"target": 8}, "at least 8 of 10", "不低于8分（满分10分）"),
    ("yes_no", {"target": 1}, "answer: yes", "答案：是"),
    ("yes_no", {"target": 0}, "answer: no", "答案：否"),
    ("duration", {"unit": "minute", "op": "<="}, "no target yet", "尚未设定目标"),
])  # fmt: skip
def test_a_measure_is_said_in_words(app, kind, values, english, chinese):
    measure = make_measure(kind, **values)
    with app.test_request_context():
        with force_locale("en"):
            assert str(measure_words(measure)) == english
        with force_locale("zh"):
            assert str(measure_words(measure)).startswith(chinese)


def test_every_measure_of_the_reference_standards_has_words_in_both_languages(app):
    with app.test_request_context():
        for language, foreign in (("en", r"[\u4e00-\u9fff]"), ("zh", r"[A-Za-z]{2,}")):
            with force_locale(language):
                said = [str(measure_words(p.standard["measure"])) for p in
                        standards_in(reference_content())]  # fmt: skip
                assert [words for words in said if re.search(foreign, words)] == []


def test_every_reason_of_the_checks_has_a_sentence():
    told = " ".join(
        check.__doc__ or "" for check in (checks.effectiveness_problems, checks.process_problems)
    )
    reasons = set(re.findall(r"``([a-z]+_[a-z_]+)``", told)) - {"demand_based"}
    assert reasons == set(REASONS)
