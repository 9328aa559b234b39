"""The content of a standard set: built from the reference data, one text, one hash."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.reference import loader
from csiapp.standards.content import (
    canonical_json,
    content_sha256,
    from_template,
    make_measure,
    plain_number,
    standards_in,
)
from csiapp.standards.factors import factor_model_content

pytestmark = pytest.mark.unit

CONTENT = from_template(loader.standards_template(), loader.service_process())


def test_the_reference_tree_has_all_its_levels() -> None:
    placed = list(standards_in(CONTENT))
    assert len(CONTENT["steps"]) == 14
    assert len({p.sub_step["code"] for p in placed}) == 31
    assert len({p.key_factor["code"] for p in placed}) == 47
    assert len({p.standard["code"] for p in placed}) == 118


def test_a_sub_step_carries_the_four_parts_of_its_process() -> None:
    sub_step = CONTENT["steps"][0]["sub_steps"][0]
    assert sub_step["operation_steps"][0]["en"].startswith("Export the list of cars")
    assert (sub_step["executed_by"], sub_step["management_tools"]) == (["CR"], ["TL14", "TL01"])
    assert CONTENT["steps"][0]["moments"][0]["contact_role"] == "CR"
    assert sub_step["key_factors"][0]["standards"][0]["code"] == "ST010101"


def test_the_content_is_the_same_after_a_trip_through_json() -> None:
    again = json.loads(json.dumps(CONTENT))
    assert again == CONTENT
    assert content_sha256(again) == content_sha256(CONTENT)


def test_a_measure_keeps_only_what_its_type_has() -> None:
    given_all: dict[str, Any] = {
        "target": Decimal("5.00"), "unit": "minute", "op": "<=", "tolerance": Decimal("2.50"),
        "options": [{"code": "a", "label": {"zh": "甲", "en": "A"}, "score": 0.5}],
    }  # fmt: skip
    assert make_measure("duration", **given_all) == {
        "type": "duration", "unit": "minute", "op": "<=", "target": 5, "tolerance": "2.5",
    }  # fmt: skip
    assert make_measure("rating", **given_all) == {"type": "rating", "target": 5}
    assert make_measure("yes_no", **given_all) == {"type": "yes_no", "target": True}
    assert make_measure("yes_no", target=Decimal(0)) == {"type": "yes_no", "target": False}
    choice = make_measure("choice", **given_all)
    assert [option["score"] for option in choice["options"]] == ["0.5"]
    assert choice.keys() == {"type", "options"}


def test_a_measure_read_from_columns_is_the_one_of_the_template() -> None:
    for placed in standards_in(CONTENT):
        measure = placed.standard["measure"]
        target = measure.get("target")
        columns: dict[str, Any] = {
            "target": None if target is None else Decimal(str(int(target))),
            "unit": measure.get("unit"),
            "op": measure.get("op"),
            "tolerance": Decimal(measure["tolerance"]) if "tolerance" in measure else None,
            "options": measure.get("options", []),
        }
        assert make_measure(measure["type"], **columns) == measure


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_number_has_one_form(value: Decimal) -> None:
    plain = plain_number(value)
    assert Decimal(str(plain)) == value
    assert plain == plain_number(str(plain)) == plain_number(value.normalize())
    assert isinstance(plain, int) == (value == int(value))


@pytest.mark.parametrize("value", [True, "many", "", "nan", float("inf")])
def test_other_things_are_no_number(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        plain_number(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(json_values)
def test_canonical_text_can_be_read_back_and_is_stable(value: Any) -> None:
    again = json.loads(canonical_json(value))
    assert again == value
    assert canonical_json(again) == canonical_json(value)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"b": 1, "a": [True, "甲"]}) == '{"a":[true,"甲"],"b":1}'


class Weight(float):
    """Is a float without its type saying so."""


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (0.5, r"\$ is"),
        ({"a": [1, {"b": 1.0}]}, r"\$\.a\[1\]\.b is"),
        ({"a": (1, 2.5)}, r"\$\.a\[1\] is"),
        ([float("nan")], r"\$\[0\] is"),
        ([float("inf")], r"\$\[0\] is"),
        ([Weight(1)], r"\$\[0\] is"),
        ({"a": {1: "a"}}, r"\$\.a has the key 1"),
        ({"a": object()}, "not JSON serializable"),
    ],
)
def test_floats_and_strange_things_have_no_canonical_text(value: Any, where: str) -> None:
    with pytest.raises(TypeError, match=where):
        canonical_json(value)


def test_a_factor_model_keeps_its_weights_and_whose_they_are() -> None:
    content = factor_model_content(loader.primary_factor_model())
    weights = {factor["code"]: factor["weight"] for factor in content["factors"]}
    assert weights == {"SI": 15, "SA": 15, "SF": 15, "VP": 20, "SQ": 35}
    assert sum(len(factor["indicators"]) for factor in content["factors"]) == 16
    assert content["credit"]["en"]
    canonical_json(content)
