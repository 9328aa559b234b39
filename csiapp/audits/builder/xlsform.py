"""A frozen form as an XLSForm workbook (survey, choices, settings), for use in other tools. Pure.

What is scored, and how, does not travel: XLSForm knows no points. Columns beyond the standard
ones (``standard_id``, ``critical``, ``weight``) are ignored by tools that do not know them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent, FormQuestion, Section, ShownIf
from csiapp.core.spreadsheet import Cell, Sheet
from csiapp.standards.content import Text

LABELS = ("label::English (en)", "label::中文 (zh)")
HINTS = ("hint::English (en)", "hint::中文 (zh)")
SURVEY = (
    "type", "name", *LABELS, *HINTS, "required", "relevant", "constraint", "calculation",
    "appearance", "standard_id", "critical", "weight",
)  # fmt: skip
CHOICES = ("list_name", "name", *LABELS)
SETTINGS = ("form_title", "form_id", "version", "default_language")

YES: Text = {"zh": "是", "en": "Yes"}
NO: Text = {"zh": "否", "en": "No"}
NOT_APPLICABLE: Text = {"zh": "不适用", "en": "Not applicable"}
NEVER: Text = {"zh": "从未发生", "en": "Never happened"}
COMMENT: Text = {"zh": "发生了什么？", "en": "What happened here?"}
REASON: Text = {"zh": "不适用的原因", "en": "Why not applicable"}
PHOTO: Text = {"zh": "照片", "en": "Photo"}
NUMBER: Text = {"zh": "数值", "en": "Number"}
SCENARIO: Text = {"zh": "场景", "en": "Scenario"}
IMPRESSION: Text = {
    "zh": "对这一部分的印象（0至10分）",
    "en": "Your impression of this part (0 to 10)",
}
BEFORE: Text = {"zh": "到店前", "en": "Before the visit"}
AFTER: Text = {"zh": "到店后", "en": "Afterwards"}

Row = dict[str, Cell]
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_SCALE = ". >= 0 and . <= 10"
_STAMP = re.compile(r"T\d{2}")
_SAFE = re.compile(r"[^A-Za-z0-9_.-]")


def xlsform(content: FormContent, form_id: str, number: int) -> list[Sheet]:
    """The three sheets; ``number`` is the version of the form."""
    survey, choices = list(_survey(content)), list(_choices(content))
    settings: Row = {
        "form_title": content["name"]["en"],
        "form_id": _SAFE.sub("_", form_id),
        "version": str(number),
        "default_language": "English (en)",
    }
    return [
        _sheet("survey", SURVEY, survey),
        _sheet("choices", CHOICES, choices),
        _sheet("settings", SETTINGS, [settings]),
    ]


def _sheet(title: str, header: Sequence[str], rows: Sequence[Row]) -> Sheet:
    cells = [[row.get(name) for name in header] for row in rows]
    return Sheet(title, header, cells, [18, 14, *([40] * (len(header) - 2))])


def _labels(text: Text, columns: Sequence[str] = LABELS) -> Row:
    return {columns[0]: text.get("en", ""), columns[1]: text.get("zh", "")}


# --------------------------------------------------------------------------- survey


def _survey(content: FormContent) -> Iterator[Row]:
    yield {"type": "start", "name": "started"}
    yield {"type": "end", "name": "ended"}
    if content["scenarios"]:
        yield _row("select_one scenarios", "scenario", SCENARIO, required="yes")
    yield from _unscored(content, "before", BEFORE, ("before_visit",))
    for section in content["sections"]:
        yield from _section(content, section)
    rest = tuple({q["when"] for q in content["unscored"]} - {"before_visit"})
    yield from _unscored(content, "after", AFTER, rest)


def _row(kind: str, name: str, label: Text, **more: Cell) -> Row:
    return {"type": kind, "name": name, **_labels(label), **more}


def _unscored(content: FormContent, group: str, title: Text, when: Sequence[str]) -> Iterator[Row]:
    questions = [question for question in content["unscored"] if question["when"] in when]
    if not questions:
        return
    yield _row("begin_group", group, title)
    for question in questions:
        rated = question["answer_type"] == "rating_0_10"
        more: Row = {"constraint": _SCALE} if rated else {}
        if "shown_if" in question:
            more["relevant"] = _condition(content, question["shown_if"])
        kind = "integer" if rated else "text"
        yield _row(kind, question["code"], question["text"], required="yes", **more)
    yield {"type": "end_group", "name": group}


def _section(content: FormContent, section: Section) -> Iterator[Row]:
    out = [s["code"] for s in content["scenarios"] if section["code"] in s["sections_excluded"]]
    asked = " and ".join(f"${{scenario}} != '{code}'" for code in out)
    yield _row(
        "begin_group", f"section_{section['code']}", section["title"], relevant=asked or None
    )
    for timing in content["timings"]:
        if timing["section"] == section["code"]:
            yield _row("dateTime", timing["code"], timing["name"])
    for question in section["questions"]:
        yield from _question(content, question)
    if section["impression_max"]:
        name = f"{section['code']}_impression"
        yield _row("integer", name, IMPRESSION, constraint=_SCALE)
    if section["narrative"]:
        least = section["narrative"]["min_chars"]
        limit = f"string-length(.) >= {least}" if least else None
        prompt = section["narrative"]["prompt"]
        yield _row("text", f"{section['code']}_narrative", prompt, required="yes", constraint=limit)
    yield {"type": "end_group", "name": f"section_{section['code']}"}


def _question(content: FormContent, question: FormQuestion) -> Iterator[Row]:
    """The answer; where it may also be N/A or "never", that is chosen first and the number after
    it. Then the reason, the comment and the photo."""
    code = question["code"]
    relevant = _condition(content, question["shown_if"]) if "shown_if" in question else None
    extra: Row = {
        **_labels(question["statement"], HINTS),
        "standard_id": question["standard"],
        "critical": "yes" if question["critical"] else "no",
        "weight": question["points"],
    }
    if question["derive"] and (formula := _calculation(question)):
        yield {"type": "calculate", "name": f"{code}_computed", "calculation": formula}
    if _is_chosen(question):
        kind = f"select_one {_list_of(question)}"
        yield _row(kind, code, question["text"], required="yes", relevant=relevant, **extra)
        if _is_number(question):
            valued = f"${{{code}}} = 'value'"
            yield _row(
                "decimal", f"{code}_value", NUMBER, required="yes",
                relevant=_both(relevant, valued), constraint=_limits(question),
            )  # fmt: skip
    else:
        yield _row(
            "decimal", code, question["text"], required="yes", relevant=relevant,
            constraint=_limits(question), **extra,
        )  # fmt: skip
    if question["na_allowed"]:
        chosen = _both(relevant, f"${{{code}}} = 'na'")
        yield _row(
            "select_one na_reasons", f"{code}_reason", REASON, required="yes", relevant=chosen
        )
    yield _row("text", f"{code}_comment", COMMENT, relevant=relevant)
    if question["evidence"] in ("photo", "document"):
        yield _row("image", f"{code}_photo", PHOTO, relevant=relevant)


def _is_number(question: FormQuestion) -> bool:
    return question["answer_type"] not in ("yes_no", "single_choice")


def _is_chosen(question: FormQuestion) -> bool:
    return not _is_number(question) or question["na_allowed"] or question["never_allowed"]


def _limits(question: FormQuestion) -> str:
    if question["answer_type"] == "rating_0_10":
        return _SCALE
    return ". >= 0"


def _calculation(question: FormQuestion) -> str:
    """Whole units between two stamps; empty for formulas that XLSForm cannot say plainly."""
    derive = question["derive"]
    stamps = _STAMP.findall(derive["formula"]) if derive else []
    if derive is None or len(stamps) != 2 or "calendar_days" in derive["formula"]:
        return ""
    first, second = (f"decimal-date-time(${{{stamp}}})" for stamp in stamps)
    seconds = f"({first} - {second}) * 86400"
    if "max(0" in derive["formula"].replace(" ", ""):
        seconds = f"if({first} > {second}, {seconds}, 0)"
    return f"int(({seconds}) div {_SECONDS[derive['unit']]})"


def _both(first: str | None, second: str) -> str:
    return f"({first}) and {second}" if first else second


def _condition(content: FormContent, shown_if: ShownIf) -> str:
    """When a follow-up is asked, in terms of the fields above."""
    parent = shown_if["field"]
    question = next((q for _, q in all_questions(content) if q["code"] == parent), None)
    held = (
        f"{parent}_value" if question and _is_number(question) and _is_chosen(question) else parent
    )
    parts = []
    for word in shown_if.get("any_of", []):
        names = parent if word in ("na", "never") else held
        parts.append(f"${{{names}}} = '{word}'")
    ends = [
        f"${{{held}}} {sign} {shown_if[name]}"  # type: ignore[literal-required]
        for name, sign in (("at_least", ">="), ("at_most", "<="))
        if name in shown_if
    ]
    if ends:
        parts.append(" and ".join([f"${{{held}}} != ''", *ends]))
    return " or ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]


# --------------------------------------------------------------------------- choices


def _list_of(question: FormQuestion) -> str:
    return f"answers_{question['code']}"


def _choices(content: FormContent) -> Iterator[Row]:
    named: list[tuple[str, Sequence[Mapping[str, Any]]]] = [
        ("scenarios", content["scenarios"]),
        ("na_reasons", content["na_reasons"]),
    ]
    for list_name, items in named:
        for item in items:
            yield {"list_name": list_name, "name": item["code"], **_labels(item["name"])}
    for _, question in all_questions(content):
        if not _is_chosen(question):
            continue
        for code, label in _answers(question):
            yield {"list_name": _list_of(question), "name": code, **_labels(label)}


def _answers(question: FormQuestion) -> Iterator[tuple[str, Text]]:
    if question["answer_type"] == "yes_no":
        yield from (("yes", YES), ("no", NO))
    elif question["answer_type"] == "single_choice":
        yield from ((option["code"], option["label"]) for option in question["options"])
    else:
        yield "value", NUMBER
    if question["never_allowed"]:
        yield "never", NEVER
    if question["na_allowed"]:
        yield "na", NOT_APPLICABLE
