"""Words of an exchange file, sets of every shape, and files with faults."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from hypothesis import strategies as st

from csiapp.standards.content import StandardsContent, make_measure, plain_number
from csiapp.standards.exchange.tables import SETTINGS, TABLES
from csiapp.standards.exchange.words import Words


def _same(*codes: str) -> dict[str, dict[str, str]]:
    return {code: {"zh": f"{code}名", "en": f"the {code}"} for code in codes}


LISTS = {
    "flags": {"yes": {"zh": "是", "en": "Yes"}, "no": {"zh": "否", "en": "No"}},
    "settings": _same(*SETTINGS),
    "kinds": _same("product", "process", "personal"),
    "measures": _same("yes_no", "count", "duration", "percentage", "rating", "choice"),
    "operators": {"<=": {"zh": "最多", "en": "at most"}, ">=": {"zh": "至少", "en": "at least"}},
    "units": {},
    "evidence": _same("none", "photo", "timestamp", "document"),
    "roles": _same("SA", "RC", "TE", "CR", "CA", "PT", "SM", "WC"),
}


def words_of(*units: str) -> Words:
    columns = {
        f"{table.name}.{column.name}": column.name for table in TABLES for column in table.columns
    }
    columns |= {f"codes.{name}": name for name in ("list", "code", "name")}
    tables = [table.name for table in TABLES] + ["readme", "codes", "list.roles"]
    return Words(
        {name: {"zh": f"{name}表", "en": name} for name in tables},
        {place: {"zh": f"{name}列", "en": name} for place, name in columns.items()},
        LISTS | {"units": _same(*units)},
    )


UNITS = ("minute", "rings", "percent", "reminders")
WORDS = words_of(*UNITS)

# what the editor keeps: one line of text, without spaces at its ends
texts = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
    ),
    max_size=12,
) | st.sampled_from(
    ["=1+1", "-5", "@SUM(A1)", "'quoted", "_x0041_", "12", "true", "a b", "3 分钟内"]
)
both = st.fixed_dictionaries({"zh": texts, "en": texts})
numbers = st.integers(0, 1_000_000) | st.decimals(0, 1000, places=3).map(plain_number)
roles = st.lists(st.sampled_from(sorted(LISTS["roles"])), max_size=3, unique=True)
codes = st.lists(st.from_regex(r"[A-Z]{2}[0-9]{2}", fullmatch=True), max_size=3, unique=True)


@st.composite
def measures(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(sorted(LISTS["measures"])))
    if kind == "choice":
        labels = draw(st.lists(both, max_size=3))
        options = [
            {"code": f"O{n}", "label": label, "score": draw(st.sampled_from([0, "0.5", 1]))}
            for n, label in enumerate(labels)
        ]
        return make_measure(kind, options=options)
    target = draw(st.none() | (st.booleans() if kind == "yes_no" else numbers))
    return make_measure(
        kind,
        target=target,
        unit=draw(st.sampled_from([None, *UNITS])),
        op=draw(st.sampled_from([None, "<=", ">="])),
        tolerance=draw(st.none() | numbers),
    )


@st.composite
def standards(draw: st.DrawFn, code: str) -> Any:
    standard = {
        "code": code,
        "kind": draw(st.sampled_from(sorted(LISTS["kinds"]))),
        "statement": draw(both),
        "measure": draw(measures()),
        "importance": draw(st.integers(1, 5)),
        "points": draw(st.integers(0, 1000)),
        "factor": "SI",
        "indicator": "SI1",
        "critical": draw(st.booleans()),
        "na_allowed": draw(st.booleans()),
        "evidence": draw(st.sampled_from(sorted(LISTS["evidence"]))),
        "observed_by": draw(codes),
        "courses": draw(codes),
    }
    return standard | ({"local": True} if draw(st.booleans()) else {})


@st.composite
def key_factors(draw: st.DrawFn, code: str) -> Any:
    factor = {
        "code": code,
        "name": draw(both),
        "customer_demand": draw(both),
        "importance": draw(st.integers(1, 5)),
        "is_key": draw(st.booleans()),
        "determinants": draw(codes),
        "standards": [draw(standards(f"{code}-{n}")) for n in range(draw(st.integers(0, 2)))],
    }
    return factor | ({"indicator": "SI2"} if draw(st.booleans()) else {})


@st.composite
def sub_steps(draw: st.DrawFn, code: str) -> Any:
    return {
        "code": code,
        "name": draw(both),
        "operation_steps": draw(st.lists(both, max_size=2)),
        "executed_by": draw(roles),
        "management_tools": draw(codes),
        "key_factors": [draw(key_factors(f"{code}-{n}")) for n in range(draw(st.integers(0, 2)))],
    }


@st.composite
def contents(draw: st.DrawFn) -> StandardsContent:
    """Sets of every shape, also empty and half filled in."""
    steps = [
        {
            "code": f"S{n}",
            "name": draw(both),
            "purpose": draw(both),
            "primary_factor": "SI",
            "customer_present": draw(st.booleans()),
            "moments": [
                {
                    "code": f"M{n}{m}",
                    "contact_role": draw(st.sampled_from(["SA", "RC"])),
                    "text": draw(both),
                }
                for m in range(draw(st.integers(0, 2)))
            ],
            "sub_steps": [draw(sub_steps(f"S{n}.{m}")) for m in range(draw(st.integers(0, 2)))],
        }
        for n in draw(st.permutations(range(draw(st.integers(0, 2)))))
    ]
    return StandardsContent(
        format=1,
        code="SET-1",
        name=draw(both),
        model="MODEL",
        factor_points={"SI": 400, "SQ": 600},
        rules={"critical_fail_below": "0.5", "caps": [{"failures": 1, "max_index": 850}]},
        steps=steps,
    )


def altered(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after a person worked on it and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
