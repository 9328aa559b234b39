"""Reads the reference data. Each function returns a fresh copy, free to change.

Texts are ``{"zh": ..., "en": ...}``; codes are stable names used across the files; ``source``
names entries of :func:`sources`. Numbers are as written: int, or float for decimals.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
_DATA = Path(__file__).parent / "data"
_Fast: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeys(_Fast):  # type: ignore[misc, valid-type]  # chosen when the program runs
    """A safe loader that refuses a key given twice, where YAML would keep the last silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Document:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        mapping: Document = super().construct_mapping(node, deep)
        return mapping


def read_yaml(path: Path) -> Any:
    """Parse one YAML file. Raises ``OSError``, ``UnicodeDecodeError`` or ``yaml.YAMLError``."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a safe loader


@cache
def _document(name: str) -> Document:
    parsed = read_yaml(_DATA / f"{name}.yaml")
    if not isinstance(parsed, dict):
        raise TypeError(f"{name}.yaml is not a mapping")
    return parsed


def _copy(name: str) -> Document:
    return deepcopy(_document(name))


def factor_models() -> dict[str, Document]:
    """Code -> factor model: ``name``, ``credit``, ``factors`` (code, weight, indicators)."""
    return {model["code"]: model for model in _copy("factors")["models"]}


def primary_factor_model() -> Document:
    """The model that the standards and forms are weighted by: five factors, weights sum to 100."""
    document = _copy("factors")
    return next(m for m in document["models"] if m["code"] == document["primary_model"])


def standards_template() -> Document:
    """``steps`` > ``sub_steps`` > ``key_factors`` > ``standards``, kinds, measures, cap rules."""
    return _copy("standards_template")


def vague_words() -> Document:
    """``groups`` of words that name no measure, each with its reason, and ``exceptions``."""
    return _copy("vague_words")


def service_process() -> Document:
    """Per step its moments of truth, per sub-step operation steps, who executes, and tools."""
    return _copy("service_process")


def form_templates() -> Document:
    """The four forms (``forms``: visit, phone, facility, records) and what they share."""
    return _copy("mystery_visit_form")


def training_catalogue() -> Document:
    """``courses``, ``certifications``, ``roles``, ``rules`` and the quiz bank."""
    return _copy("training_catalogue")


def audit_lifecycle() -> Document:
    """States and transitions of wave, visit, dispute and corrective action."""
    return _copy("audit_lifecycle")


def service_survey() -> Document:
    """The 19-item customer survey and the indicators its items speak of."""
    return _copy("service_survey")


def satisfaction_formula() -> Document:
    """Gap levels, top box, moments of truth, quadrants."""
    return _copy("satisfaction_formula")


def service_quality_dimensions() -> Document:
    """Determinants of service quality and other named sets of dimensions."""
    return _copy("service_quality_dimensions")


def customer_types() -> Document:
    """Axes that customers are told apart by."""
    return _copy("customer_types")


def complaint_facts() -> Document:
    """Claims about complaints and word of mouth, for training and as changeable assumptions."""
    return _copy("complaint_facts")


def survey_purposes() -> Document:
    """Why one surveys, and whom."""
    return _copy("survey_purposes")


def scoring_examples() -> Document:
    """Worked examples of every scoring rule."""
    return _copy("scoring_examples")


def sources() -> dict[str, Document]:
    """Source id -> where a fact of the reference data comes from."""
    return {source["id"]: source for source in _copy("sources")["sources"]}
