"""What each field of a form may hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.answer_fields import Field, FieldError, FieldKind, parse_field, validate_value
from tests.unit.audits.examples import form

pytestmark = pytest.mark.unit

VISIT = form("visit")
PHOTO = "ab" * 32
JOT = f"jot.{'0f' * 16}"
NOTE = {"text": "Nobody came", "at": "2026-08-01T10:00:00+08:00", "used": ["V012.comment"]}


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("V001", FieldKind.ANSWER, "V001"), ("V001.comment", FieldKind.COMMENT, "V001"),
        ("V076.photos", FieldKind.PHOTOS, "V076"), ("A.narrative", FieldKind.NARRATIVE, "A"),
        ("J.impression", FieldKind.IMPRESSION, "J"), ("T20", FieldKind.STAMP, "T20"),
        ("U04", FieldKind.UNSCORED, "U04"), ("T05.reason", FieldKind.REASON, "T05"),
        (JOT, FieldKind.JOT, JOT),
    ],
)  # fmt: skip
def test_a_field_is_known_by_its_name(name: str, kind: FieldKind, code: str) -> None:
    assert parse_field(VISIT, name) == Field(kind, code)
    assert str(parse_field(VISIT, name)) == name


@pytest.mark.parametrize(
    "name",
    ["V999", "V001.photo", "V001.", ".comment", "K.narrative", "V001.narrative", "A.comment", "T21",
     "T05.comment", "T21.reason", "V001.reason", "U01.photos",
     "jot.1", "jot.XY", f"{JOT}0", "U05", "", "v001", "V001 ", "V001\n", "V001.comment.x", None, 7,
     ["V001"], "A", "P001"],
)  # fmt: skip
def test_any_other_name_is_an_unknown_field(name: Any) -> None:
    with pytest.raises(FieldError) as refused:
        validate_value(VISIT, name, "x")
    assert refused.value.reason == "unknown_field"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("V001", {"value": 5}, {"value": 5}),
        ("V001", {"value": "5"}, {"value": 5}),
        ("V001", {"value": "５"}, {"value": 5}),  # full-width digits
        ("V004", {"value": 2.5}, {"value": "2.5"}),
        ("V004", {"value": "2.50"}, {"value": "2.5"}),
        ("V004", {"never": True}, {"never": True}),
        ("V006", {"value": "one"}, {"value": "one"}),
        ("V007", {"value": "yes"}, {"value": "yes"}),
        ("V008", {"na": "not_occurred"}, {"na": "not_occurred"}),
        ("V025", {"value": 10}, {"value": 10}),
        ("V042", {"value": 33.25}, {"value": "33.25"}),
        ("V001.comment", "  他们说：稍等\x00\n", "  他们说：稍等\n"),
        ("V001.photos", [PHOTO, PHOTO], [PHOTO]),
        ("A.narrative", "", ""),
        ("A.impression", 7, 7),
        ("T05", "2026-03-02T01:00:00Z", "2026-03-02T01:00:00+00:00"),
        ("U01", 0, 0),
        ("U04", "Quick.", "Quick."),
        ("V001", None, None),
        ("V001.photos", None, None),
    ],
)
def test_a_good_value_is_kept_in_one_form(name: str, value: Any, kept: Any) -> None:
    assert validate_value(VISIT, name, value) == kept
    assert validate_value(VISIT, name, kept) == kept


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("V001", 5, "wrong_type"),
        ("V001", {}, "wrong_type"),
        ("V001", {"value": 5, "na": "x"}, "wrong_type"),
        ("V001", {"other": 5}, "wrong_type"),
        ("V001", {"never": 1}, "wrong_type"),
        ("V001", {"value": None}, "not_a_number"),
        ("V001", {"value": True}, "not_a_number"),
        ("V001", {"value": "five"}, "not_a_number"),
        ("V001", {"value": float("nan")}, "not_a_number"),
        ("V001", {"value": 2.5}, "not_whole"),
        ("V001", {"value": -1}, "out_of_range"),
        ("V001", {"value": 100_001}, "out_of_range"),
        ("V004", {"value": "2.505"}, "too_precise"),
        ("V042", {"value": 100.5}, "out_of_range"),
        ("V025", {"value": 11}, "out_of_range"),
        ("V006", {"value": "two"}, "unknown_option"),
        ("V006", {"value": ["one"]}, "unknown_option"),
        ("V007", {"value": True}, "unknown_option"),
        ("V001", {"na": "not_occurred"}, "na_not_allowed"),
        ("V008", {"na": "bored"}, "unknown_na_reason"),
        ("V008", {"na": ["not_occurred"]}, "unknown_na_reason"),
        ("V007", {"never": True}, "never_not_allowed"),
        ("V001.comment", 5, "wrong_type"),
        ("V001.comment", "x" * 4001, "too_long"),
        ("V001.photos", PHOTO, "wrong_type"),
        ("V001.photos", [PHOTO[:-1]], "bad_photo"),
        ("V001.photos", [PHOTO.upper()], "bad_photo"),
        ("V001.photos", [{}], "bad_photo"),
        ("V001.photos", [f"{n:064x}" for n in range(21)], "too_many_photos"),
        ("A.impression", 7.5, "not_whole"),
        ("A.impression", 11, "out_of_range"),
        ("T05", "2026-03-02T09:00:00", "bad_stamp"),
        ("T05", {"value": "2026-03-02T09:00:00Z"}, "bad_stamp"),
        ("U01", "good", "not_a_number"),
        ("U04", 7, "wrong_type"),
    ],
)
def test_a_bad_value_is_refused_with_a_stable_reason(name: str, value: Any, reason: str) -> None:
    with pytest.raises(FieldError) as refused:
        validate_value(VISIT, name, value)
    assert (refused.value.field, refused.value.reason) == (name, reason)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


fields = st.sampled_from(
    ["V001", "V004", "V006", "V008", "V001.comment", "V001.photos", "A.impression", "T05", "U01"]
)
marked_values = st.dictionaries(st.sampled_from(["value", "na", "never"]), json_values, max_size=2)


@given(fields, json_values | marked_values)
def test_no_value_breaks_the_check(name: str, value: Any) -> None:
    try:
        kept = validate_value(VISIT, name, value)
    except FieldError:
        return
    assert validate_value(VISIT, name, kept) == kept


def test_a_note_keeps_its_time_and_what_it_went_into() -> None:
    assert validate_value(VISIT, JOT, NOTE) == NOTE
    twice = NOTE | {"used": ["U04", "A.narrative", "U04"]}
    assert validate_value(VISIT, JOT, twice)["used"] == ["U04", "A.narrative"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "wrong_type"),  # a note is never cleared
        ("text", "wrong_type"),
        ({"text": "x", "at": NOTE["at"]}, "wrong_type"),
        (NOTE | {"more": 1}, "wrong_type"),
        (NOTE | {"used": "V012.comment"}, "wrong_type"),
        (NOTE | {"used": ["V012"]}, "unknown_field"),
        (NOTE | {"used": ["V999.comment"]}, "unknown_field"),
        (NOTE | {"used": [["V012.comment"]]}, "unknown_field"),
        (NOTE | {"at": "10:00"}, "bad_stamp"),
        (NOTE | {"text": "x" * 4001}, "too_long"),
        (NOTE | {"text": 5}, "wrong_type"),
    ],
)
def test_what_is_no_note_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(FieldError) as refused:
        validate_value(VISIT, JOT, value)
    assert refused.value.reason == reason
