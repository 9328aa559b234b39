"""The difference of two versions, ready to show: item by item, field by field, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.core.i18n import HTML_LANG, LOCALES
from csiapp.standards.content import LANGUAGES, StandardsContent, Text
from csiapp.standards.versioning import Change, diff
from csiapp.standards.vocabulary import course_titles, named, vocabulary
from csiapp.standards.wording import measure_words

KIND_NAMES = {
    "added": _l("added"),
    "removed": _l("removed"),
    "moved": _l("moved"),
    "wording": _l("wording"),
    "measure": _l("measure"),
    "target": _l("target"),
    "weight": _l("weight"),
    "settings": _l("settings"),
}
CLASS_NAMES = {
    **KIND_NAMES,
    "same": _l("the same, said better"),
    "wording": _l("wording, same meaning"),
    "measure": _l("measure or meaning"),
}
"""What a publisher confirms a change as."""
TRAINING_NAMES = {"retrain": _l("Retrain"), "brief": _l("Brief"), "none": _l("None")}
LEVEL_NAMES = {
    "set": _l("Standard set"),
    "step": _l("Service step"),
    "sub_step": _l("Sub-step"),
    "key_factor": _l("Key factor"),
    "standard": _l("Standard"),
}
FIELD_NAMES = {
    "name": _l("Name"),
    "purpose": _l("Purpose"),
    "statement": _l("Wording"),
    "customer_demand": _l("Customer demand"),
    "operation_steps": _l("Operation steps"),
    "moments": _l("Moments of truth"),
    "executed_by": _l("Who executes"),
    "management_tools": _l("Management tools"),
    "measure": _l("Measure"),
    "importance": _l("Importance"),
    "points": _l("Points"),
    "is_key": _l("Is key"),
    "critical": _l("Critical"),
    "na_allowed": _l("May not apply"),
    "kind": _l("Kind"),
    "evidence": _l("Evidence"),
    "observed_by": _l("Observed by"),
    "courses": _l("Courses"),
    "primary_factor": _l("Factor"),
    "factor": _l("Factor"),
    "indicator": _l("Indicator"),
    "customer_present": _l("Customer present"),
    "local": _l("The dealership's own"),
}
TEXTS = {"name", "purpose", "statement", "customer_demand"}
TEXT_LISTS = {"operation_steps", "moments"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after. ``lang`` is set where the text is in one language."""

    label: str
    before: str
    after: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """``place`` is where the item stands, such as 2.1.3; where it stood if it was removed."""

    code: str
    level: str
    title: Text
    step: str
    place: str
    kinds: tuple[str, ...]
    kind_names: tuple[str, ...]
    fields: tuple[FieldChange, ...]


def compared(old: StandardsContent, new: StandardsContent) -> list[ItemChange]:
    """What differs, in the order of the new version; then what was removed."""
    before, after = _places(old), _places(new)
    return [_item(change, before, after) for change in diff(old, new)]


@dataclass(frozen=True, slots=True)
class _Place:
    number: str
    step: str


def _places(content: StandardsContent) -> dict[str, _Place]:
    """Code -> the item's number in the tree and the step it belongs to."""
    found: dict[str, _Place] = {}

    def add(items: Sequence[Mapping[str, Any]], prefix: str, step: str, *below: str) -> None:
        for number, item in enumerate(items, 1):
            place = _Place(f"{prefix}{number}", step or item["code"])
            found[item["code"]] = place
            if below:
                add(item[below[0]], f"{place.number}.", place.step, *below[1:])

    add(content["steps"], "", "", "sub_steps", "key_factors", "standards")
    return found


def _item(change: Change, before: Mapping[str, _Place], after: Mapping[str, _Place]) -> ItemChange:
    fields = change.after if change.after is not None else change.before or {}
    here = after.get(change.code) or before.get(change.code) or _Place("", "")
    lines = list(_lines(change))
    if "moved" in change.kinds:
        lines.insert(
            0, FieldChange(_("Place"), before[change.code].number, after[change.code].number)
        )
    return ItemChange(
        code=change.code,
        level=str(LEVEL_NAMES[change.level]),
        title=fields.get("statement") or fields.get("name") or {},
        step=here.step,
        place=here.number,
        kinds=change.kinds,
        kind_names=tuple(str(KIND_NAMES[kind]) for kind in change.kinds),
        fields=tuple(lines),
    )


def _lines(change: Change) -> Iterator[FieldChange]:
    """The fields that differ, each in words. Added and removed items need none."""
    if change.before is None or change.after is None:
        return
    for name, label in FIELD_NAMES.items():
        was, now = change.before.get(name), change.after.get(name)
        if was == now:
            continue
        if name in TEXTS:
            yield from _text_lines(name, [was or {}], [now or {}])
        elif name in TEXT_LISTS:
            yield from _text_lines(name, _as_texts(was), _as_texts(now))
        else:
            yield FieldChange(str(label), field_words(name, was), field_words(name, now))


def _as_texts(items: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The texts of a list; a moment of truth keeps its text under ``text``."""
    return [item.get("text", item) for item in items or ()]


def _text_lines(
    name: str, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[FieldChange]:
    """One line for each language that differs."""
    for language in LANGUAGES:
        before = " / ".join(text.get(language, "") for text in was)
        after = " / ".join(text.get(language, "") for text in now)
        if before != after:
            named_in = LOCALES[language]
            label = _("%(field)s (%(language)s)", field=FIELD_NAMES[name], language=named_in)
            yield FieldChange(label, before, after, HTML_LANG[language])


def field_words(name: str, value: Any) -> str:
    """The value of a field that is not a text in two languages."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return _SPECIAL[name](value) if name in _SPECIAL else str(value)


_SPECIAL: Mapping[str, Callable[[Any], str]] = {
    "measure": lambda measure: str(measure_words(measure)),
    "kind": lambda code: named([code], vocabulary().kinds),
    "evidence": lambda code: named([code], vocabulary().evidence),
    "observed_by": lambda codes: named(codes, vocabulary().observers),
    "executed_by": lambda codes: named(codes, vocabulary().roles),
    "management_tools": lambda codes: named(codes, vocabulary().tools),
    "courses": lambda codes: named(codes, course_titles()),
}
