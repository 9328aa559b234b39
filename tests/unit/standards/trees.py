"""Small trees of standards to test with."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import strategies as st

from csiapp.reference import loader
from csiapp.standards.content import (
    KeyFactor,
    Standard,
    StandardsContent,
    from_template,
    standards_in,
)


@cache
def _reference() -> StandardsContent:
    return from_template(loader.standards_template(), loader.service_process())


def reference() -> StandardsContent:
    return deepcopy(_reference())


def small() -> StandardsContent:
    """The first three steps: quick to compare, and still with every level."""
    content = reference()
    del content["steps"][3:]
    return content


def standard_of(content: StandardsContent, code: str) -> Standard:
    return next(p.standard for p in standards_in(content) if p.standard["code"] == code)


def key_factor_of(content: StandardsContent, code: str) -> KeyFactor:
    return next(p.key_factor for p in standards_in(content) if p.key_factor["code"] == code)


def lists_in(content: StandardsContent) -> list[list[Any]]:
    """Every list of siblings of the tree."""
    found: list[list[Any]] = [content["steps"]]
    for step in content["steps"]:
        found.append(step["sub_steps"])
        for sub_step in step["sub_steps"]:
            found.append(sub_step["key_factors"])
            found += [factor["standards"] for factor in sub_step["key_factors"]]
    return found


@st.composite
def edited(draw: st.DrawFn) -> StandardsContent:
    """The small tree after a few random edits: reworded, retargeted, reweighted, moved, removed."""
    content = small()
    for _ in range(draw(st.integers(0, 4))):
        standards = [placed.standard for placed in standards_in(content)]
        if not standards:
            break
        standard = draw(st.sampled_from(standards))
        siblings = draw(st.sampled_from([found for found in lists_in(content) if found]))
        match draw(st.sampled_from(["word", "target", "points", "shuffle", "remove"])):
            case "word":
                standard["statement"] = {"zh": "改写", "en": draw(st.sampled_from(["A", "B"]))}
            case "target":
                standard["measure"]["target"] = draw(st.integers(0, 9))
            case "points":
                standard["points"] = draw(st.integers(1, 20))
            case "shuffle":
                siblings[:] = draw(st.permutations(siblings))
            case _:
                siblings.pop(draw(st.integers(0, len(siblings) - 1)))
    return content
