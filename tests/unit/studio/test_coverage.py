"""Five questions to every standard, and the gaps that the answers leave."""

from __future__ import annotations

from fractions import Fraction

import pytest

from csiapp.studio.coverage import Filter, Gap, Question, Row, Verdict, coverage
from tests.unit.studio.trees import facts, first, learner, reference, visit

pytestmark = pytest.mark.unit


def row(content, given, code: str | None = None) -> Row:
    wanted = code or first(content).standard["code"]
    return next(row for row in coverage(content, given).rows if row.code == wanted)


def test_the_reference_standards_are_measurable_observable_and_mapped():
    found = coverage(reference(), facts())
    for question in (Question.MEASURABLE, Question.OBSERVABLE, Question.MAPPED):
        assert found.count(question) == len(found.rows) == 118
    assert found.size(Gap.NO_STANDARD) == 0


def test_a_vague_word_without_a_measure_is_not_measurable():
    content = reference()
    standard = first(content).standard
    standard["measure"] = {"type": "yes_no", "target": True}
    standard["statement"] = {"zh": "热情接待客户", "en": "Receive customers in a friendly way"}
    found = row(content, facts())
    assert found.verdict(Question.MEASURABLE) is Verdict.NO
    assert Gap.UNMEASURABLE in found.gaps


def test_a_standard_without_a_target_is_not_measurable():
    content = reference()
    first(content).standard["measure"] = {"type": "yes_no"}
    found = row(content, facts())
    assert found.verdict(Question.MEASURABLE) is Verdict.NO
    assert Gap.UNMEASURABLE in found.gaps


def test_removing_the_last_course_of_an_audited_standard_makes_it_untrained_at_once():
    content = reference()
    standard = first(content).standard
    given = facts(visits=[visit((standard["code"], Fraction(1)))])
    assert Gap.AUDITED_UNTRAINED not in row(content, given).gaps
    standard["courses"] = []
    assert Gap.AUDITED_UNTRAINED in row(content, given).gaps


def test_a_course_that_the_network_does_not_have_teaches_nothing():
    content = reference()
    first(content).standard["courses"] = ["NO-SUCH"]
    assert row(content, facts()).verdict(Question.TRAINED) is Verdict.NO


def test_a_course_that_supports_a_standard_teaches_it_too():
    content = reference()
    standard = first(content).standard
    standard["courses"] = []
    found = row(content, facts(teaching={standard["code"]: ["TC03"]}))
    assert found.taught.courses == ("TC03",)


def test_who_executes_a_standard_is_counted_by_what_they_hold_today():
    content = reference()
    placed = first(content)
    placed.sub_step["executed_by"] = ["SA", "RC"]
    placed.standard["courses"] = ["TC05", "TC08"]
    people = [
        learner("SA", required="TC05 TC08", held="TC05 TC08"),
        learner("SA", required="TC05 TC08", held="TC05"),
        learner("RC", required="TC05", held="TC05"),  # need not hold the other
        learner("RC", held="TC08"),  # must hold neither, holds one
        learner("RC"),
        learner("TE", required="TC05"),  # has nothing to do with it
    ]
    taught = row(content, facts(learners=people)).taught
    assert (taught.holding, taught.staff) == (3, 5)
    assert row(content, facts(learners=people)).verdict(Question.TRAINED) is Verdict.PARTLY
    assert row(content, facts(learners=people[:1])).verdict(Question.TRAINED) is Verdict.YES


def test_a_course_without_anybody_in_the_role_is_no_full_yes():
    assert row(reference(), facts()).verdict(Question.TRAINED) is Verdict.PARTLY


def test_an_observed_answer_counts_as_audited():
    content = reference()
    given = facts(visits=[visit((first(content).standard["code"], None))])
    assert row(content, given).verdict(Question.AUDITED) is Verdict.YES


def test_what_a_form_asks_but_nobody_answered_is_not_audited():
    content = reference()
    form = {"zh": "暗访", "en": "Visit"}
    found = row(content, facts(asking={first(content).standard["code"]: [form]}))
    assert found.verdict(Question.AUDITED) is Verdict.NO
    assert found.seen.forms == (form,)
    assert Gap.TRAINED_UNAUDITED in found.gaps


def test_a_standard_that_nobody_observes_and_without_indicator_stands_in_both_lists():
    content = reference()
    standard = first(content).standard
    standard["observed_by"], standard["indicator"] = [], "GONE"
    assert {Gap.UNOBSERVABLE, Gap.UNMAPPED} <= row(content, facts()).gaps


def test_the_indicator_of_the_key_factor_stands_in_for_the_standards_own():
    content = reference()
    placed = first(content)
    placed.standard["indicator"] = ""
    placed.key_factor["indicator"] = "SI3"
    assert row(content, facts()).indicator == "SI3"


def test_an_important_key_factor_without_a_standard_is_named_with_its_step():
    content = reference()
    placed = first(content)
    placed.key_factor["standards"] = []
    found = coverage(content, facts()).without
    assert [(entry.code, entry.step) for entry in found] == [
        (placed.key_factor["code"], placed.step["code"])
    ]
    placed.key_factor["is_key"], placed.key_factor["importance"] = False, 3
    assert coverage(content, facts()).without == []


def test_an_indicator_that_no_standard_belongs_to_is_named():
    given = facts(indicators={"NEW": {"zh": "新", "en": "New"}})
    assert [entry.code for entry in coverage(reference(), given).without] == ["NEW"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (Filter(), 118),
        (Filter(step="S01"), 3),
        (Filter(question=Question.MAPPED, gaps=True), 0),
        (Filter(question=Question.AUDITED, gaps=True), 117),
        (Filter(gaps=True), 118),
        (Filter(gap=Gap.TRAINED_UNAUDITED), 117),
        (Filter(gap=Gap.UNMAPPED), 0),
    ],
)
def test_filters_keep_what_they_say(wanted: Filter, shown: int):
    content = reference()
    given = facts(visits=[visit((first(content).standard["code"], Fraction(1, 2)))])
    assert sum(wanted.fits(row) for row in coverage(content, given).rows) == shown


def test_only_key_factors_keeps_standards_of_marked_ones():
    content = reference()
    factor = first(content).key_factor
    factor["is_key"] = False
    fits = [row for row in coverage(content, facts()).rows if Filter(key=True).fits(row)]
    assert len(fits) == 118 - len(factor["standards"])
