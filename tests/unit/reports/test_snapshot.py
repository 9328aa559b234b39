from __future__ import annotations

import dataclasses
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.pdf_fixture import SHOPPER, Example, example
from csiapp.reports import canonical, snapshot
from csiapp.reports.canonical import Malformed
from csiapp.reports.snapshot import (
    Audience,
    CapRule,
    DealershipCopy,
    FactorRow,
    HeadOfficeCopy,
    Outcome,
    VisitReport,
    from_json,
)

pytestmark = pytest.mark.unit


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_copies_survive_json_unchanged(language):
    office = example(language).report
    for copy in (office, office.for_dealership()):
        again = from_json(copy.to_json())
        assert again == copy
        assert type(again) is type(copy)
        assert again.sha256() == copy.sha256()


def test_the_two_copies_have_different_fingerprints(zh: Example):
    assert zh.report.sha256() != zh.report.for_dealership().sha256()


def test_canonical_text_is_ascii_without_spaces_between_and_with_sorted_names(zh: Example):
    text = zh.report.to_json()
    assert text.isascii()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_any_change_changes_the_fingerprint(zh: Example):
    changed = dataclasses.replace(zh.report, revision=1)
    assert changed.sha256() != zh.report.sha256()


def test_a_snapshot_cannot_be_changed(zh: Example):
    with pytest.raises(dataclasses.FrozenInstanceError):
        zh.report.final_index = 1000


@given(
    name=st.text(),
    numerator=st.integers(0, 10**30),
    denominator=st.integers(1, 10**30),
    score=st.none() | st.fractions(),
)
def test_texts_and_fractions_of_any_kind_travel_exactly(name, numerator, denominator, score):
    row = FactorRow(
        code="SI",
        name=name,
        weight=Fraction(numerator, denominator),
        score=score,
        contribution=Fraction(0),
        points_lost=Fraction(1),
    )
    assert canonical.typed(FactorRow, json.loads(canonical.dumps(row))) == row


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body.pop("grade"),
        lambda body: body.update(nickname="x"),
        lambda body: body.update(final_index="750"),
        lambda body: body.update(final_index=True),
        lambda body: body.update(raw_score="1/0"),
        lambda body: body.update(raw_score=0.5),
        lambda body: body.update(visit_date="yesterday"),
        lambda body: body.update(language="fr"),
        lambda body: body.update(sections={}),
        lambda body: body.update(created_at="2026-11-20T06:30:00"),
        lambda body: body.update(revision=-1),
        lambda body: body["receipt"].update(sha256="short"),
        lambda body: body.update(factors=[None]),
    ],
)
def test_a_damaged_snapshot_is_refused(zh: Example, damage):
    envelope = json.loads(zh.report.to_json())
    damage(envelope["report"])
    with pytest.raises(Malformed):
        from_json(json.dumps(envelope))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"audience":"press","schema":1,"report":{}}']
)
def test_what_is_no_snapshot_is_refused(text):
    with pytest.raises(Malformed):
        from_json(text)


def test_a_snapshot_of_another_schema_is_refused(zh: Example):
    envelope = json.loads(zh.report.to_json()) | {"schema": snapshot.SCHEMA + 1}
    with pytest.raises(Malformed, match="schema"):
        from_json(json.dumps(envelope))


def test_the_dealerships_copy_has_no_place_for_the_shopper(zh: Example):
    copy = zh.report.for_dealership()
    assert copy.audience is Audience.DEALERSHIP
    assert not hasattr(copy, "shopper")
    fields = {f.name: getattr(copy, f.name) for f in dataclasses.fields(copy)}
    with pytest.raises(TypeError):
        DealershipCopy(**fields, shopper=SHOPPER)
    envelope = json.loads(zh.report.to_json()) | {"audience": "dealership"}
    with pytest.raises(Malformed):
        from_json(json.dumps(envelope))


def test_a_report_without_an_audience_cannot_be_made(zh: Example):
    fields = {f.name: getattr(zh.report, f.name) for f in dataclasses.fields(VisitReport)}
    with pytest.raises(TypeError, match="audience"):
        VisitReport(**fields)


def test_the_dealerships_copy_hides_the_shopper_also_where_the_shopper_typed_it():
    signed = f"我是{SHOPPER.name}，编号 {SHOPPER.code.lower()}，用 {SHOPPER.device} 拍摄"
    report = example(
        "zh", changes={"V001.comment": signed, "A.narrative": signed, "U04": signed}
    ).report
    seen = strings(json.loads(report.for_dealership().to_json()))
    for mark in (SHOPPER.name, SHOPPER.code, SHOPPER.device):
        assert not [text for text in seen if mark.casefold() in text.casefold()]
    # Only the marks are gone: the dealership still reads the rest.
    assert any("拍摄" in text for text in seen)


def test_a_name_of_one_character_does_not_blot_out_ordinary_words(zh: Example):
    short = dataclasses.replace(
        zh.report, shopper=dataclasses.replace(SHOPPER, name="店", code="", device=" ")
    )
    assert short.for_dealership().sections == zh.report.sections


@pytest.mark.parametrize(
    ("score", "met", "pending", "outcome"),
    [
        (Fraction(1), True, False, Outcome.MET),
        (Fraction(9, 10), True, False, Outcome.MET),
        (Fraction(7, 10), False, False, Outcome.PART),
        (Fraction(0), False, False, Outcome.NOT_MET),
        (None, False, False, Outcome.NOT_APPLICABLE),
        (None, False, True, Outcome.PENDING),
    ],
)
def test_outcome_follows_from_score_and_target(score, met, pending, outcome):
    assert Outcome.of(score, met=met, pending=pending) is outcome


@pytest.mark.parametrize(("failed", "cap"), [(0, None), (1, 850), (2, 750), (3, 600), (5, 600)])
def test_the_cap_follows_from_the_number_of_failed_critical_items(zh: Example, failed, cap):
    failure = zh.report.critical_failures[0]
    report: HeadOfficeCopy = dataclasses.replace(
        zh.report,
        critical_failures=(failure,) * failed,
        caps=(CapRule(failures=3, max_index=600), *zh.report.caps[:2]),
    )
    assert report.cap == cap


def test_what_came_later_stands_only_where_it_says_something(zh: Example):
    """So that snapshots frozen before it are still read, and keep their fingerprint."""
    plain = json.loads(zh.report.to_json())["report"]
    assert "local_index" not in plain
    assert "observed" not in plain["receipt"]
    assert "local" not in plain["sections"][0]["questions"][0]
    fuller = dataclasses.replace(zh.report, local_index=500)
    assert json.loads(fuller.to_json())["report"]["local_index"] == 500
    assert from_json(fuller.to_json()) == fuller
    assert fuller.sha256() != zh.report.sha256()
