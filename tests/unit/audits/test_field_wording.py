"""Fields and their values in words."""

from __future__ import annotations

from gettext import NullTranslations

import pytest

from csiapp.audits.field_wording import field_name
from tests.unit.audits.examples import form

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("V012", "V012"), ("V012.comment", "V012 · Comment"), ("V012.photos", "V012 · Photos"),
        ("A.narrative", "A · Narrative"), ("A.impression", "A · Impression"), ("T05", "T05"),
        ("T05.reason", "T05 · Reason"), (f"jot.{'0f' * 16}", "Quick note"),
        ("device", "Goes on with another device"), ("V999", ""), ("V012.colour", ""),
    ],
)  # fmt: skip
def test_a_field_is_named_by_its_code_and_part_and_not_at_all_when_unknown(field, name):
    assert field_name(form("visit"), field, NullTranslations()) == name
