"""The content of a factor model: the factors of an index, their weights and indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from csiapp.standards.content import Number, Text, plain_number


class Indicator(TypedDict):
    code: str
    name: Text


class Factor(TypedDict):
    code: str
    name: Text
    weight: Number
    indicators: list[Indicator]


class FactorModelContent(TypedDict):
    """``credit`` says whose published model this is."""

    code: str
    name: Text
    credit: Text
    factors: list[Factor]


def factor_model_content(model: Mapping[str, Any]) -> FactorModelContent:
    """The frozen content of a reference model
    (:func:`csiapp.reference.loader.primary_factor_model`). All its weights must be known."""
    return FactorModelContent(
        code=model["code"],
        name=dict(model["name"]),
        credit=dict(model["credit"]),
        factors=[
            Factor(
                code=factor["code"],
                name=dict(factor["name"]),
                weight=plain_number(factor["weight"]),
                indicators=[
                    Indicator(code=item["code"], name=dict(item["name"]))
                    for item in factor["indicators"]
                ],
            )
            for factor in model["factors"]
        ],
    )
