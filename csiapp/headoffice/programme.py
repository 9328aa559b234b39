"""How forms are weighed in a wave, and where grades begin: the rules of the reference forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from csiapp.reference import loader


@dataclass(frozen=True, slots=True)
class Programme:
    """`weights` by form kind; `grades` as (code, least index), the best first."""

    weights: Mapping[str, int]
    grades: tuple[tuple[str, int], ...]


@cache
def programme() -> Programme:
    document = loader.form_templates()
    grades = ((grade["code"], grade["min"]) for grade in document["scoring"]["grades"])
    return Programme(
        weights=MappingProxyType(document["programme_weights"]["forms"]),
        grades=tuple(sorted(grades, key=lambda grade: -grade[1])),
    )
