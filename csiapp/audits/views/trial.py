"""What the tablet says beside a question that does not count yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import get_translations

from csiapp.audits.form_shape import FormContent
from csiapp.audits.observed import changed_questions, observed_questions
from csiapp.audits.queries.shopper import dealership_of
from csiapp.audits.queries.teaching import untaught_questions
from csiapp.audits.wording import observed_words
from csiapp.core.clock import today

if TYPE_CHECKING:
    from csiapp.audits.models import Visit


def trial_notes(visit: Visit, content: FormContent) -> dict[str, str]:
    """Question -> why it does not count today, for those that do not. The day of the visit
    decides in the end; the note names it."""
    changed = {question["code"]: question for question in changed_questions(content)}
    if not changed:
        return {}
    day = today(dealership_of(visit).timezone)
    marks = observed_questions(content, day, untaught_questions(content))
    words = get_translations()
    return {code: observed_words(changed[code], mark, words) for code, mark in marks.items()}
