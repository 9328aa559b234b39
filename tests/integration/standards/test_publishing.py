"""The terms of a publication: decisions, days, and a draft that waits for its day."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.core.clock import time_is
from csiapp.core.db import writing
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.chores import publish_due
from csiapp.standards.models import DraftEdit, StandardVersion
from csiapp.standards.services import publish, start_draft
from csiapp.standards.services.publishing import Misdated, Terms, local_today, unschedule
from tests.factories.standards import at_work, the_set
from tests.support.html_form import fields_of

pytestmark = pytest.mark.db

BASE = "/t/near/standards/REF-AFTERSALES"
TIMED = "ST020101"
NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai
TODAY = dt.date(2026, 3, 10)
DECIDED = {TIMED: {"class": "target", "training": "retrain"}}
DAYS = {"train_by": dt.date(2026, 3, 24), "enforce_from": dt.date(2026, 3, 31)}


@pytest.fixture
def retargeted(app, draft):
    """A draft in which one target changed; the world."""
    with app.app_context(), at_work(draft.tenant()):
        _row(TIMED).target = 2
    return draft


def _row(code):
    return queries.find_standard(queries.draft_version(the_set()).id, code).standard


def _publish(world, **terms):
    """As the manager, on 2026-03-10; the version as it then stands."""
    with time_is(NOW), at_work(world.tenant()):
        edit = queries.draft_version(the_set()).edit
        made = publish(the_set(), "Faster", edit, Terms(**{"decisions": DECIDED, **terms}))
        db.session.flush()
        return made.id


def _version(version_id):
    return db.session.scalars(
        sa.select(StandardVersion).where(StandardVersion.id == version_id)
    ).one()


# ------------------------------------------------------------------------------ decisions, days


def test_days_and_decisions_are_kept_and_what_is_new_is_only_observed(app, retargeted):
    with app.app_context():
        made = _publish(retargeted, **DAYS)
        with at_work(retargeted.tenant()):
            version = _version(made)
            assert version.decisions == DECIDED
            assert (version.publish_on, version.train_by) == (TODAY, DAYS["train_by"])
            assert version.observed == {TIMED: "2026-03-31"}


def test_what_is_observed_goes_on_in_the_next_version(app, retargeted):
    with app.app_context():
        _publish(retargeted, **DAYS)
        with at_work(retargeted.tenant()):
            start_draft(the_set())
            _row("ST020102").evidence = "none"
        made = _publish(retargeted, decisions={})
        with at_work(retargeted.tenant()):
            assert _version(made).observed == {TIMED: "2026-03-31"}


def test_a_rewording_that_changes_the_meaning_is_observed_too(app, draft):
    with app.app_context():
        with at_work(draft.tenant()):
            _row(TIMED).statement = {
                "zh": "来电三声内应答",
                "en": "The phone rings 3 times at most",
            }
        meaning = {TIMED: {"class": "measure", "training": "none"}}
        made = _publish(draft, decisions=meaning, enforce_from=dt.date(2026, 4, 1))
        with at_work(draft.tenant()):
            assert _version(made).observed == {TIMED: "2026-04-01"}


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"publish_on": TODAY - dt.timedelta(days=1)}, "publish_on"),
        ({"publish_on": TODAY + dt.timedelta(days=400)}, "publish_on"),
        ({"train_by": None}, "train_by"),
        ({"train_by": TODAY - dt.timedelta(days=1)}, "train_by"),
        ({"enforce_from": TODAY - dt.timedelta(days=1), "train_by": TODAY}, "enforce_from"),
        ({"enforce_from": dt.date(2026, 3, 23)}, "enforce_from"),
        ({"publish_on": dt.date(2026, 3, 25)}, "train_by"),
    ],
)
def test_days_that_do_not_fit_are_refused_by_name(app, retargeted, days, field):
    with app.app_context(), pytest.raises(Misdated) as refusal:
        _publish(retargeted, **{**DAYS, **days})
    assert refusal.value.field == field


@pytest.mark.parametrize("words", [{"class": "wording"}, {"training": "tomorrow"}])
def test_a_target_cannot_be_talked_down(app, retargeted, words):
    with app.app_context(), pytest.raises(Invalid):
        _publish(retargeted, decisions={TIMED: words}, **DAYS)


@pytest.mark.parametrize(
    "column", ["decisions", "observed", "publish_on", "train_by", "enforce_from", "reason"]
)
def test_the_database_itself_refuses_to_change_what_is_published(app, retargeted, column):
    other = {"decisions": {}, "observed": {}, "reason": "Another"}.get(column, TODAY.replace(day=1))
    with app.app_context():
        made = _publish(retargeted, **DAYS)
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), at_work(retargeted.tenant()):
            setattr(_version(made), column, other)


def test_publishing_leaves_nothing_to_undo(app, retargeted):
    with app.app_context():
        with at_work(retargeted.tenant()):
            draft = queries.draft_version(the_set())
            db.session.add(
                DraftEdit(
                    version_id=draft.id, number=1, verb="standard_edited", code=TIMED, before=[]
                )
            )
        _publish(retargeted, **DAYS)
        with at_work(retargeted.tenant()):
            assert db.session.scalars(sa.select(DraftEdit)).all() == []


# -------------------------------------------------------------------------------------- waiting


def test_a_later_day_leaves_the_draft_waiting_and_the_old_version_in_force(app, retargeted):
    with app.app_context():
        made = _publish(retargeted, publish_on=dt.date(2026, 3, 12), **DAYS)
        with at_work(retargeted.tenant()):
            assert (_version(made).state, _version(made).sha256) == ("draft", None)
            assert queries.published_version(the_set()).number == 1
            with pytest.raises(Conflict):
                publish(the_set(), "Again", 0)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Shanghai", dt.datetime(2026, 3, 11, 16, 0, tzinfo=dt.UTC)),
        ("America/New_York", dt.datetime(2026, 3, 12, 4, 0, tzinfo=dt.UTC)),
    ],
)
def test_it_is_published_at_the_dealerships_midnight(app, retargeted, zone, midnight):
    with app.app_context():
        token = writing.set(True)
        db.session.get(Dealership, retargeted.dealerships["near"]).timezone = zone
        db.session.commit()
        db.session.close()
        writing.reset(token)
        made = _publish(retargeted, publish_on=dt.date(2026, 3, 12), **DAYS)
        with time_is(midnight - dt.timedelta(minutes=1)):
            assert publish_due() == 0
        with time_is(midnight + dt.timedelta(minutes=1)):
            assert publish_due() == 1
            assert publish_due() == 0
        with at_work(retargeted.tenant()):
            version = _version(made)
            assert (version.state, version.number) == ("published", 2)
            assert version.published_by == retargeted.people["manager"]
            assert version.observed == {TIMED: "2026-03-31"}
            assert queries.version_by_number(the_set(), 1).state == "retired"


def test_a_day_that_is_taken_back_does_not_come(app, retargeted):
    with app.app_context():
        made = _publish(retargeted, publish_on=dt.date(2026, 3, 12), **DAYS)
        with at_work(retargeted.tenant()):
            unschedule(the_set())
        with time_is(NOW + dt.timedelta(days=9)):
            assert publish_due() == 0
        with at_work(retargeted.tenant()):
            assert _version(made).publish_on is None
            with pytest.raises(Conflict):
                unschedule(the_set())


def test_one_that_is_refused_hinders_no_other_and_stays_a_draft(app, retargeted, caplog):
    with app.app_context():
        made = _publish(retargeted, publish_on=dt.date(2026, 3, 12), **DAYS)
        with at_work(retargeted.tenant()):
            _row(TIMED).target = None
        with time_is(NOW + dt.timedelta(days=9)):
            assert publish_due() == 0
        assert "not effective" in caplog.text
        with at_work(retargeted.tenant()):
            assert _version(made).state == "draft"


# ---------------------------------------------------------------------------------------- pages


def _text(response) -> str:
    return response.get_data(as_text=True)


def test_the_page_proposes_decisions_and_days(app, retargeted, client_of):
    html = _text(client_of("manager").get(f"{BASE}/draft/publish"))
    fields = fields_of(html)
    with app.app_context(), at_work(retargeted.tenant()):
        today = local_today()
    assert fields[f"class-{TIMED}"] == "target"
    assert fields[f"training-{TIMED}"] == "retrain"
    assert fields["publish_on"] == today.isoformat()
    assert fields["train_by"] == (today + dt.timedelta(days=21)).isoformat()
    assert fields["enforce_from"] == (today + dt.timedelta(days=28)).isoformat()
    assert "of the index is measured the same way" in html


def test_what_was_typed_stays_when_a_day_does_not_fit(retargeted, client_of):
    client = client_of("manager")
    fields = fields_of(_text(client.get(f"{BASE}/draft/publish")))
    typed = fields | {"reason": "Faster", "enforce_from": fields["publish_on"]}
    typed[f"training-{TIMED}"] = "brief"
    response = client.post(f"{BASE}/draft/publish", data=typed)
    html = _text(response)
    assert response.status_code == 422
    assert "Nobody is scored on what need not be learned yet" in html
    assert fields_of(html)[f"training-{TIMED}"] == "brief"
    assert fields_of(html)["reason"] == "Faster"


def test_a_waiting_draft_says_so_and_its_day_can_be_taken_back(retargeted, client_of):
    client = client_of("manager")
    fields = fields_of(_text(client.get(f"{BASE}/draft/publish")))
    later = (dt.date.fromisoformat(fields["publish_on"]) + dt.timedelta(days=3)).isoformat()
    response = client.post(
        f"{BASE}/draft/publish", data=fields | {"reason": "Faster", "publish_on": later}
    )
    assert response.status_code == 303
    html = _text(client.get(f"{BASE}/draft/publish"))
    assert f"Will be published on {later}" in html
    assert 'name="reason"' not in html
    assert client.post(f"{BASE}/draft/publish/cancel").status_code == 303
    assert fields_of(_text(client.get(f"{BASE}/draft/publish")))["reason"] == "Faster"


def test_history_and_comparison_say_days_decisions_and_how_comparable(retargeted, client_of):
    client = client_of("manager")
    fields = fields_of(_text(client.get(f"{BASE}/draft/publish")))
    client.post(f"{BASE}/draft/publish", data=fields | {"reason": "Faster"})
    history = _text(client.get(f"{BASE}/history"))
    assert f"train by {fields['train_by']}" in history
    assert "1 decision" in history
    assert f"{BASE}/compare?left=1&amp;right=2" in history
    compared = _text(client.get(f"{BASE}/compare?left=1&right=2"))
    assert "Comparability 9" in compared
    same = _text(client.get(f"{BASE}/compare?left=2&right=2"))
    assert "Comparability 100%" in same
    assert "Nothing differs" in same
