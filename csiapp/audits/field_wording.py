"""Any field of a form and its value in words, for the journal. Pure."""

from __future__ import annotations

from typing import Any

from csiapp.audits.answer_fields import FieldError, FieldKind, parse_field
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent
from csiapp.audits.wording import answer_words, reason_words
from csiapp.standards.units import Translator


def field_name(content: FormContent, field: str, translate: Translator) -> str:
    """What a field is about: the code that the form prints, and the part of it. Empty where this
    form does not know the field."""
    try:
        parsed = parse_field(content, field)
    except FieldError:
        return ""
    match parsed.kind:
        case FieldKind.HOLDER:
            return translate.gettext("Goes on with another device")
        case FieldKind.JOT:
            return translate.gettext("Quick note")
        case FieldKind.BRIEF:
            return translate.gettext("Test on the brief")
        case FieldKind.COMMENT:
            part = translate.gettext("Comment")
        case FieldKind.PHOTOS:
            part = translate.gettext("Photos")
        case FieldKind.NARRATIVE:
            part = translate.gettext("Narrative")
        case FieldKind.IMPRESSION:
            part = translate.gettext("Impression")
        case FieldKind.REASON:
            part = translate.gettext("Reason")
        case _:
            return parsed.code
    return f"{parsed.code} · {part}"


def field_words(
    content: FormContent, field: str, value: Any, language: str, translate: Translator
) -> str:
    """Empty where the field was cleared; the plain value where this form does not know it."""
    if value is None:
        return ""
    try:
        kind = parse_field(content, field).kind
    except FieldError:
        return str(value)
    match kind:
        case FieldKind.ANSWER if "na" in value:
            reason = reason_words(content, value, language)
            return f"{translate.gettext('Not applicable')}: {reason}"
        case FieldKind.ANSWER:
            question = next(q for _, q in all_questions(content) if q["code"] == field)
            return answer_words(question, value, language, translate)
        case FieldKind.PHOTOS:
            return str(len(value))
        case FieldKind.JOT:
            return f"{value['at'][11:19]} {value['text']}"
        case FieldKind.STAMP:
            return str(value).replace("T", " ")
        case _:
            tried = value if kind is FieldKind.BRIEF else {}
            return ", ".join(f"{code}: {chosen}" for code, chosen in tried.items()) or str(value)
