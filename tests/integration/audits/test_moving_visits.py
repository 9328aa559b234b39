"""A visit under way moves to a newer version of its form; nothing that was sent is lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.audits.builder import changes
from csiapp.audits.models import AnswerEvent, VisitMove
from csiapp.audits.queries.designs import find_design
from csiapp.audits.queries.forms import current_form, form_of
from csiapp.audits.queries.visits import answers_of, get_visit
from csiapp.audits.services.answers import append_events, fill_in
from csiapp.audits.services.designs import change_design
from csiapp.audits.services.moving import move_plan, move_visit
from csiapp.audits.services.submission import accept_visit, pass_test, start_visit
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from tests.factories import audits, forms
from tests.factories.standards import at_work

pytestmark = pytest.mark.db

KEPT, REWORDED, DROPPED = "V014", "V026", "V020"


@pytest.fixture
def under_way(audited, states):
    """A visit with three answers, and version 2 of its form: one question reworded, one gone."""

    def build():
        code = forms.short_form(audited)
        visit_id = audits.assign(audited, form_code=code)
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
            pass_test(visit_id)
            start_visit(visit_id, {})
            fill_in(
                visit_id,
                {
                    KEPT: {"value": 4},
                    REWORDED: {"value": "no"},
                    f"{REWORDED}.comment": "He stayed at his desk.",
                    DROPPED: {"value": 2},
                },
                device="old",
            )
            old_sha = form_of(get_visit(visit_id)).sha256
        with at_work(audited.tenant()):
            section, _ = changes.find_question(find_design(code).content, REWORDED)
            change_design(code, "question_changed", REWORDED, 0, _reword(section["code"]))
            change_design(
                code, "question_removed", DROPPED, 1, lambda d: changes.remove_question(d, DROPPED)
            )
        forms.publish(audited, code)
        return audited, visit_id, code, old_sha

    return states.reach("under_way", build)


def _reword(section):
    def change(draft):
        changes.change_question(
            draft, REWORDED, text={"zh": "新问", "en": "Asked anew"}, section=section,
            na_allowed=None, evidence=None, shown_if=None,
        )  # fmt: skip

    return change


def moved(world, visit_id, code):
    with at_work(audits.acting(world, "headoffice")):
        return move_visit(visit_id, current_form(code).id)


def sent(world, visit_id, field, value, sha256, seq=500):
    with at_work(audits.acting(world, "shopper")):
        return append_events(
            visit_id,
            [{
                "id": str(new_id()), "device": "old", "seq": seq, "field": field, "value": value,
                "ts": utcnow().isoformat(), "form_sha256": sha256,
            }],
        )  # fmt: skip


def test_the_page_says_what_becomes_of_each_question(app, under_way, client_of):
    world, visit_id, code, _ = under_way
    with app.app_context(), entered(world.tenant()):
        plan = move_plan(get_visit(visit_id))
        assert plan.moving.asked_again == (REWORDED,)
        assert plan.moving.dropped == (DROPPED,)
        assert KEPT in plan.moving.kept
        version = current_form(code).id
    client, at = client_of("headoffice"), f"/n/near/d/near/visits/{visit_id}"
    assert "/move" in client.get(at).text
    page = client.get(f"{at}/move").text
    assert "Asked anew" in page
    assert client.post(f"{at}/move", data={"version": str(version)}).location == at
    assert "newest version" in client.get(f"{at}/move").text


def test_kept_answers_count_on_and_the_others_stay_in_the_journal(app, under_way):
    world, visit_id, code, _ = under_way
    with app.app_context():
        moved(world, visit_id, code)
        with entered(world.tenant()):
            assert form_of(get_visit(visit_id)).number == 2
            answers = answers_of(visit_id)
            assert {f: v for f, v in answers.items() if f != "brief"} == {KEPT: {"value": 4}}
            values = {
                (event.field, str(event.value))
                for event in db.session.scalars(
                    sa.select(AnswerEvent).where(AnswerEvent.visit_id == visit_id)
                )
            }
            assert (REWORDED, "{'value': 'no'}") in values
            assert (DROPPED, "{'value': 2}") in values
            (move,) = db.session.scalars(sa.select(VisitMove)).all()
            assert move.outdated == sorted([DROPPED, REWORDED])


@pytest.mark.parametrize("field", [REWORDED, DROPPED])
def test_what_an_offline_tablet_sends_by_the_older_version_is_kept_and_does_not_count(
    app, under_way, field
):
    world, visit_id, code, old_sha = under_way
    value = {"value": "yes" if field == REWORDED else 3}
    with app.app_context():
        moved(world, visit_id, code)
        answer = sent(world, visit_id, field, value, old_sha)
        assert (len(answer.kept), answer.rejected) == (1, [])
        assert answer.form_sha256 != old_sha  # so the tablet is told
        with entered(world.tenant()):
            assert field not in answers_of(visit_id)
            late = sa.select(AnswerEvent.late).where(AnswerEvent.seq == 500)
            assert db.session.scalar(late) is True


def test_what_it_sends_to_a_kept_question_counts(app, under_way):
    world, visit_id, code, old_sha = under_way
    with app.app_context():
        moved(world, visit_id, code)
        sent(world, visit_id, KEPT, {"value": 9}, old_sha)
        with entered(world.tenant()):
            assert answers_of(visit_id)[KEPT] == {"value": 9}


def test_after_the_move_the_reworded_question_is_answered_by_the_newer_version(app, under_way):
    world, visit_id, code, _ = under_way
    with app.app_context():
        moved(world, visit_id, code)
        with entered(world.tenant()):
            new_sha = form_of(get_visit(visit_id)).sha256
            db.session.close()
        sent(world, visit_id, REWORDED, {"value": "yes"}, new_sha)
        refused = sent(world, visit_id, DROPPED, {"value": 3}, new_sha, seq=501)
        assert refused.rejected[0].reason == "unknown_field"
        with entered(world.tenant()):
            assert answers_of(visit_id)[REWORDED] == {"value": "yes"}


def test_only_to_the_version_that_was_shown_and_only_while_unfinished(app, under_way):
    world, visit_id, code, _ = under_way
    with app.app_context():
        with at_work(audits.acting(world, "headoffice")), pytest.raises(Conflict):
            move_visit(visit_id, new_id())
        moved(world, visit_id, code)
        with pytest.raises(Conflict):
            moved(world, visit_id, code)
