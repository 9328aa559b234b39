"""The coverage of a set as a spreadsheet, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from csiapp.core.i18n import day, tr
from csiapp.core.spreadsheet import Cell, Sheet, workbook_bytes
from csiapp.standards.vocabulary import named, vocabulary
from csiapp.standards.wording import measure_words, problem_words
from csiapp.studio.coverage import Question, Row, Without
from csiapp.studio.wording import QUESTIONS, VERDICTS


def coverage_book(rows: Sequence[Row], without: Iterable[Without], title: str) -> bytes:
    """One sheet of standards, one of what has no standard."""
    header = [
        _("Code"),
        _("Service step"),
        _("Key factor"),
        _("Marked as key"),
        _("Standard"),
        str(QUESTIONS[Question.MEASURABLE]),
        _("Measure"),
        str(QUESTIONS[Question.TRAINED]),
        _("Courses"),
        _("Staff in these roles"),
        _("Of them hold it today"),
        str(QUESTIONS[Question.AUDITED]),
        _("Answers"),
        _("Last audited"),
        str(QUESTIONS[Question.OBSERVABLE]),
        _("Observed by"),
        str(QUESTIONS[Question.MAPPED]),
        _("Indicator"),
    ]
    widths = (11, 18, 20, 8, 48, 12, 30, 10, 14, 10, 10, 10, 9, 12, 12, 18, 12, 10)
    missing = [[entry.code, entry.step, tr(entry.name)] for entry in without]
    return workbook_bytes(
        [
            Sheet(_("Coverage"), header, [_cells(row) for row in rows], widths),
            Sheet(
                _("Important, but no standard"),
                [_("Code"), _("Service step"), _("Name")],
                missing,
                (11, 14, 48),
            ),
        ],
        title,
    )


def _cells(row: Row) -> list[Cell]:
    placed, taught, seen = row.placed, row.taught, row.seen
    answers = {question: str(VERDICTS[row.verdict(question)].word) for question in Question}
    measure = (
        " ".join(problem_words(problem) for problem in row.reasons)
        if row.reasons
        else str(measure_words(placed.standard["measure"]))
    )
    return [
        row.code,
        tr(placed.step["name"]),
        tr(placed.key_factor["name"]),
        _("yes") if placed.key_factor["is_key"] else _("no"),
        tr(placed.standard["statement"]),
        answers[Question.MEASURABLE],
        measure,
        answers[Question.TRAINED],
        ", ".join(taught.courses),
        taught.staff,
        taught.holding,
        answers[Question.AUDITED],
        seen.answers,
        day(seen.last),
        answers[Question.OBSERVABLE],
        named(row.observers, vocabulary().observers),
        answers[Question.MAPPED],
        row.indicator or "",
    ]
