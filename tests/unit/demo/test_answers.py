"""What the demo answers could be handed in by a shopper, whatever the dice say.

A short form has no time keys: what they tell elsewhere is typed there and may want evidence.
"""

from __future__ import annotations

import datetime as dt

import pytest

from csiapp.audits.builder.growing import Start
from csiapp.audits.missing import missing_items
from csiapp.demo.answers import demo_answers, failed_without_evidence
from tests.unit.audits import examples
from tests.unit.audits.builder.test_growing import built, grown

SCENARIO = "SC2"
SHA256 = "a" * 64


@pytest.mark.parametrize(
    "form", [examples.form(), built(grown(Start.CRITICAL))], ids=["visit", "short"]
)
def test_with_a_photo_wherever_one_is_needed_nothing_is_missing(form):
    for seed in range(150):
        answers = demo_answers(form, SCENARIO, 0.6, dt.date(2026, 8, 1), str(seed))
        for code in failed_without_evidence(form, SCENARIO, answers):
            answers[f"{code}.photos"] = [SHA256]
        assert missing_items(form, SCENARIO, answers, {SHA256}) == [], seed
