"""Pilot visits: filled in and scored like any other, and in no figure anywhere."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.audits.models import Visit
from csiapp.audits.queries.designs import pilots_of
from csiapp.audits.queries.planning import list_destinations
from csiapp.audits.queries.replay import Standards, replayed_visits
from csiapp.audits.queries.scores import (
    count_published_since,
    latest_score,
    list_published,
    past_indices,
    published_trend,
)
from csiapp.audits.queries.visits import (
    VisitFilter,
    count_in,
    count_overdue,
    get_visit,
    list_to_review,
    list_visits,
    visits_of_shopper,
)
from csiapp.audits.queries.waves import count_unfinished, list_wave_lines
from csiapp.audits.services.planning import Unfit
from csiapp.audits.services.review import publish_visit, take_visit
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.headoffice import queries as office
from csiapp.standards import queries as standards
from csiapp.studio import queries as studio
from tests.factories import audits, forms
from tests.factories.standards import at_work, the_set
from tests.factories.world import ZONE, today
from tests.integration.audits.test_planning import new_wave

pytestmark = pytest.mark.db

TODAY = today() + dt.timedelta(days=1)


@pytest.fixture
def piloted(audited, states):
    """A published visit that is then called a pilot, in a wave: the worst that could happen.

    No service makes such a row. It proves that each figure asks the one condition, and not that
    pilots are kept out of it by the way they are made.
    """

    def build():
        wave = new_wave(audited)
        visit_id = audits.published_visit(audited, audits.STAGE_ONE_FAILURES, wave_id=wave)
        with at_work(audited.tenant()):
            get_visit(visit_id).pilot = True
        return audited, visit_id, wave

    return states.reach("piloted", build)


def per_dealership(visit_id, wave):
    """Every figure of a dealership, by name."""
    del wave
    set_id, version = the_set(), standards.published_version(the_set())
    under = studio.audit_period(set_id, TODAY)
    return {
        "results": list_published(1).total,
        "trend": len(published_trend(audits.FORM)),
        "past indices": len(past_indices(audits.FORM, without=version.id)),
        "new results": count_published_since(today(), 14),
        "coverage, quadrant": len(studio.audited_visits(set_id, under, ZONE)),
        "waves of the period": len(under.waves),
        "before and after a version": len(studio.results_under(version.id, ZONE)),
        "rotation": len(visits_of_shopper(get_visit(visit_id).shopper_id)),
    }


def per_network(visit_id, wave):
    del visit_id
    return {
        "overview": len(office.results_in([wave])),
        "factors": len(office.factor_scores_in(wave)),
        "losses": len(office.losses_in(wave)),
        "traces": len(office.traces_in(wave, ["ST030101", "ST020101"])),
        "planned": sum(office.planned_by_dealership(wave).values()),
        "visits": list_visits(VisitFilter(), 1).total,
        "to review": list_to_review(1).total,
        "published": count_in("published"),
        "overdue": count_overdue(TODAY + dt.timedelta(days=400)),
        "waves": sum(line.planned for line in list_wave_lines()),
        "unfinished of a wave": count_unfinished(wave),
        "under way": sum(place.underway for place in list_destinations()),
    }


def test_no_figure_of_the_dealership_counts_a_pilot(app, piloted):
    world, visit_id, wave = piloted
    with app.app_context(), entered(world.tenant()):
        assert set(per_dealership(visit_id, wave).values()) == {0}


def test_no_figure_of_the_network_counts_a_pilot(app, piloted):
    world, visit_id, wave = piloted
    with app.app_context(), entered(world.network()):
        assert set(per_network(visit_id, wave).values()) == {0}


def test_the_same_visit_is_in_those_figures_when_it_is_none(app, piloted):
    """That the two tests above can fail."""
    world, visit_id, wave = piloted
    with app.app_context():
        with at_work(world.tenant()):
            get_visit(visit_id).pilot = False
        with entered(world.tenant()):
            assert all(per_dealership(visit_id, wave).values())
            db.session.close()
        with entered(world.network()):
            counted = per_network(visit_id, wave)
    done = {"to review", "overdue", "unfinished of a wave", "under way", "traces"}
    assert {name for name, number in counted.items() if not number} <= done


def test_a_replay_rescores_no_pilot(app, piloted):
    world, _visit_id, _wave = piloted
    with app.app_context(), entered(world.tenant()):
        version = standards.published_version(the_set())

        under = Standards(standards.version_content(version), version.observed)
        assert replayed_visits(the_set(), under, ZONE).lines == []


def test_a_pilot_is_filled_in_scored_and_shown_with_its_form(app, audited, client_of, announced):
    with app.app_context():
        code = forms.short_form(audited)
        visit_id = forms.pilot(audited, code)
        with entered(audited.tenant()):
            (line,) = pilots_of(code)
            assert (line.visit.id, line.number) == (visit_id, 1)
            assert line.index == latest_score(visit_id).final_index
    page = client_of("manager").get(f"/t/near/forms/{code}/pilots").text
    assert str(line.index) in page
    shown = client_of("manager").get(f"/t/near/forms/{code}/pilots/{visit_id}")
    assert shown.status_code == 200
    assert "Test shopper" not in shown.text
    assert announced == []


def test_a_pilot_is_neither_reviewed_nor_published(app, audited):
    with app.app_context():
        visit_id = forms.pilot(audited, forms.short_form(audited))
        for step in (take_visit, publish_visit):
            with (
                pytest.raises(Conflict, match="pilot"),
                at_work(audits.acting(audited, "reviewer")),
            ):
                step(visit_id)


def test_a_pilot_belongs_to_no_wave_and_holds_its_shopper_back_from_nothing(app, audited):
    with app.app_context():
        code = forms.short_form(audited)
        with pytest.raises(Unfit) as refused:
            audits.assign(audited, form_code=code, pilot=True, wave_id=new_wave(audited))
        assert refused.value.field == "wave_id"
        forms.pilot(audited, code, submitted=False)
        forms.pilot(audited, code, submitted=False)
        audits.assign(audited)
        with entered(audited.tenant()):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 3


def test_the_list_of_visits_shows_pilots_only_when_asked(app, audited, client_of):
    with app.app_context():
        forms.pilot(audited, forms.short_form(audited), submitted=False)
    client = client_of("headoffice")
    assert "No visits yet" in client.get("/n/near/visits").text
    assert "Pilot" in client.get("/n/near/visits?pilots=1").text


def test_head_office_assigns_a_pilot_from_the_page_of_the_form(app, audited, client_of):
    with app.app_context():
        code = forms.short_form(audited)
    client = client_of("headoffice")
    page = client.get(f"/n/near/d/near/forms/{code}/pilots").text
    assert f"form={code}&amp;pilot=1" in page
    day = today()
    sent = {
        "scenario": "SC1", "shopper_id": str(audited.people["shopper"]), "pilot": "y",
        "opens_on": day.isoformat(), "due_on": (day + dt.timedelta(days=3)).isoformat(),
    }  # fmt: skip
    assert client.post(f"/n/near/d/near/visits/new?form={code}", data=sent).status_code == 303
    with app.app_context(), entered(audited.tenant()):
        assert len(pilots_of(code)) == 1
