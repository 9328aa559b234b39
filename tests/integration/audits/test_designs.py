"""Forms of the dealership's own: begun, changed, undone, published, built anew with standards."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.audits.builder import changes
from csiapp.audits.builder.growing import Start, questions_in
from csiapp.audits.form_content import all_questions
from csiapp.audits.models import FormDesignEdit
from csiapp.audits.queries.designs import find_design, last_edit, list_designs, versions_of
from csiapp.audits.queries.forms import content_of, current_form, form_sources
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services import designs
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.designs import Overtaken
from csiapp.audits.services.forms import build_forms, ensure_current_form
from csiapp.audits.services.submission import accept_visit, pass_test, start_by_answers
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards.content import content_sha256
from csiapp.standards.queries import published_version
from tests.factories import audits
from tests.factories.forms import begin, publish, short_form
from tests.factories.standards import at_work, the_set
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

TITLE = {"zh": "新", "en": "New"}


def add_section(code, seen):
    return designs.change_design(
        code, "section_added", "", seen, lambda draft: changes.add_section(draft, TITLE)
    )


def remove_a_question(code):
    """One that is not alone in its section."""
    draft = find_design(code).content
    question = next(q for s, q in questions_in(draft) if len(s["questions"]) > 1)["code"]
    designs.change_design(
        code, "question_removed", question, 0, lambda d: changes.remove_question(d, question)
    )


def test_a_draft_is_grown_from_the_published_set_and_offered_only_once_published(app, audited):
    with app.app_context():
        code = begin(audited)
        with entered(audited.tenant()):
            assert find_design(code).content["standard_set"] == "REF-AFTERSALES"
            assert code not in {source.code for source in form_sources()}
        publish(audited, code)
        with entered(audited.tenant()):
            assert code in {source.code for source in form_sources()}
            content = content_of(current_form(code))
            assert all(question["critical"] for _, question in all_questions(content))
            assert current_form(code).sha256 == content_sha256(content)


def test_publishing_the_same_draft_again_makes_no_version(app, audited):
    with app.app_context():
        code = begin(audited)
        assert publish(audited, code).made
        assert not publish(audited, code).made
        with at_work(audited.tenant()):
            remove_a_question(code)
        assert publish(audited, code).made
        with entered(audited.tenant()):
            assert [version.number for version in versions_of(code)] == [2, 1]


def test_an_own_form_pins_the_standards_and_the_template_it_grew_from(app, audited):
    with app.app_context():
        code = begin(audited)
        publish(audited, code)
        with entered(audited.tenant()):
            form, network = current_form(code), current_form("MS-VISIT")
            assert form.template_id == network.template_id
            assert form.standard_version_id == published_version(the_set()).id
            assert form.content["template"]["sha256"] == content_sha256(find_design(code).published)


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(app, audited):
    with app.app_context():
        code = begin(audited)
        with at_work(audited.tenant()):
            add_section(code, 0)
        with pytest.raises(Overtaken), at_work(audited.tenant()):
            add_section(code, 0)
        with entered(audited.tenant()):
            assert find_design(code).edit == 1


def test_undo_takes_back_change_by_change(app, audited):
    with app.app_context():
        code = begin(audited)
        with at_work(audited.tenant()):
            start = find_design(code).content
            add_section(code, 0)
            add_section(code, 1)
        with at_work(audited.tenant()):
            designs.undo_change(code, 2)
            designs.undo_change(code, 3)
            with pytest.raises(Conflict, match="nothing to undo"):
                designs.undo_change(code, 4)
        with entered(audited.tenant()):
            assert find_design(code).content == start


def test_only_the_last_changes_can_be_undone(app, audited, monkeypatch):
    monkeypatch.setattr(designs, "UNDO_STEPS", 2)
    with app.app_context():
        code = begin(audited)
        with at_work(audited.tenant()):
            for seen in range(4):
                add_section(code, seen)
            rows = db.session.scalars(sa.select(FormDesignEdit)).all()
            assert sorted(row.number for row in rows) == [3, 4]


def test_what_changes_nothing_leaves_no_trace(app, audited):
    with app.app_context():
        code = begin(audited)
        with at_work(audited.tenant()):
            design = designs.change_design(code, "sections_ordered", "A", 0, lambda draft: None)
            assert (design.edit, last_edit(design)) == (0, None)


def test_a_draft_with_a_fault_is_not_published(app, audited):
    with app.app_context():
        code = begin(audited)
        with at_work(audited.tenant()):
            add_section(code, 0)
        with pytest.raises(Invalid, match="in the way"):
            publish(audited, code)
        with entered(audited.tenant()):
            assert current_form(code) is None


def test_new_standards_build_own_forms_anew_from_what_was_published(app, audited):
    with app.app_context():
        code = begin(audited)
        publish(audited, code)
        with at_work(audited.tenant()):
            add_section(code, 0)  # not published: no part of what is built
            standards = published_version(the_set()).id
            built = {form.version.code: form for form in build_forms(standards)}
            assert not built[code].made
            assert ensure_current_form(code).id == built[code].version.id
            assert [version.number for version in versions_of(code)] == [1]


def test_a_withdrawn_form_is_not_offered_and_a_published_one_not_discarded(app, audited):
    with app.app_context():
        code = begin(audited)
        publish(audited, code)
        with at_work(audited.tenant()):
            designs.withdraw_design(code, withdrawn=True)
            assert code not in {source.code for source in form_sources()}
            with pytest.raises(Conflict, match="Withdraw"):
                designs.discard_design(code)
            designs.withdraw_design(code, withdrawn=False)
            assert code in {source.code for source in form_sources()}


def test_a_discarded_draft_is_gone_and_other_dealerships_never_saw_it(app, audited):
    with app.app_context():
        code = begin(audited)
        with entered(audited.tenant("next", "next_manager")), pytest.raises(NotFound):
            find_design(code)
        with at_work(audited.tenant()):
            add_section(code, 0)
            designs.discard_design(code)
        with entered(audited.tenant()), pytest.raises(NotFound):
            find_design(code)


def test_ten_forms_are_listed_with_the_queries_of_one(app, audited):
    with app.app_context():
        publish(audited, begin(audited))
        with entered(audited.tenant()), statements_of(app) as one:
            list_designs()
        for _ in range(9):
            publish(audited, begin(audited, Start.CRITICAL))
        with entered(audited.tenant()), statements_of(app) as many:
            assert len(list_designs()) == 10
        assert len(many) == len(one)


def test_a_visit_that_asks_nothing_before_begins_with_an_answer_and_not_with_a_look(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited, form_code=short_form(audited))
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
            pass_test(visit_id)
            fill_in(visit_id, {"focus": [["V014", 0, 900]]})
            start_by_answers(visit_id)
            assert get_visit(visit_id).state == "accepted"
            fill_in(visit_id, {"V014": {"value": 2}})
            start_by_answers(visit_id)
            assert get_visit(visit_id).state == "in_progress"
