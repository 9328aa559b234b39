"""Audit forms grow from published standards and are frozen."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.audits.form_content import all_questions
from csiapp.audits.installation import install_form_templates
from csiapp.audits.models import FormTemplate, FormVersion
from csiapp.audits.queries.forms import content_of, current_form, current_forms
from csiapp.audits.services.forms import build_forms, ensure_current_form
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.core.tenancy import CrossScopeWrite, entered
from csiapp.standards.installation import adopt_master
from csiapp.standards.models import Standard, StandardVersion
from csiapp.standards.queries import latest_master
from csiapp.standards.services import publish
from tests.factories import standards
from tests.factories.standards import at_work

pytestmark = pytest.mark.db


@pytest.fixture
def networked(app, world):
    """The world with master set and form templates; no dealership has standards yet."""
    with app.app_context():
        standards.install(world)
        with at_work(world.network()):
            install_form_templates()
    return world


def test_templates_are_installed_once(app, networked):
    with app.app_context(), at_work(networked.network()):
        again = install_form_templates()
        assert {t.code for t in again} == {"MS-VISIT", "MS-PHONE", "MS-FACILITY", "MS-RECORDS"}
        assert {t.number for t in db.session.scalars(sa.select(FormTemplate))} == {1}


def test_publishing_standards_builds_every_form_as_a_job(app, networked, run_jobs):
    with app.app_context():
        version_id = standards.adopt_and_publish(networked)
        run_jobs()
        with entered(networked.tenant()):
            forms = current_forms()
            assert [f.code for f in forms] == ["MS-FACILITY", "MS-PHONE", "MS-RECORDS", "MS-VISIT"]
            assert {f.standard_version_id for f in forms} == {version_id}
            content = content_of(current_form("MS-VISIT"))
            assert len(all_questions(content)) + len(content["unscored"]) == 80


def test_building_again_makes_no_new_version(app, networked):
    with app.app_context():
        version_id = standards.adopt_and_publish(networked)
        with at_work(networked.tenant()):
            assert all(built.made for built in build_forms(version_id))
        with at_work(networked.tenant()):
            assert not any(built.made for built in build_forms(version_id))
            assert {f.number for f in db.session.scalars(sa.select(FormVersion))} == {1}


def test_a_late_job_of_retired_standards_builds_nothing(app, networked):
    with app.app_context():
        version_id = standards.adopt_and_publish(networked)
        with at_work(networked.tenant()):
            version = db.session.scalars(sa.select(StandardVersion)).one()
            version.state = "retired"
        with at_work(networked.tenant()):
            assert build_forms(version_id) == []


def test_a_question_of_a_dropped_standard_is_left_out_and_noted(app, networked):
    with app.app_context():
        with at_work(networked.tenant()):
            draft = adopt_master(latest_master(standards.CODE))
            dropped = db.session.scalars(sa.select(Standard).where(Standard.code == "ST040302"))
            db.session.delete(dropped.one())
            db.session.flush()
            version_id = publish(draft.set_id, "Without one", draft.edit).id
        with at_work(networked.tenant()):
            built = {b.version.code: b for b in build_forms(version_id)}
            noted = db.session.scalars(
                sa.select(ActivityEntry.detail).where(ActivityEntry.verb == "form.built")
            ).all()
            asked = {q["standard"] for _, q in all_questions(content_of(built["MS-VISIT"].version))}
    assert "ST040302" not in asked
    assert ["ST040302"] in [detail["left_out"] for detail in noted]


def test_planning_does_not_wait_for_the_job(app, networked):
    with app.app_context():
        standards.adopt_and_publish(networked)
        with at_work(networked.tenant()):
            made = ensure_current_form("MS-VISIT")
            assert ensure_current_form("MS-VISIT").id == made.id


def test_without_published_standards_there_is_no_form(app, networked):
    with (
        app.app_context(),
        at_work(networked.tenant()),
        pytest.raises(Conflict, match="not published its standards"),
    ):
        ensure_current_form("MS-VISIT")


def test_a_frozen_form_is_never_changed(app, networked):
    with app.app_context():
        standards.adopt_and_publish(networked)
        with at_work(networked.tenant()):
            ensure_current_form("MS-VISIT")
        with at_work(networked.tenant()):
            current_form("MS-VISIT").number = 9
            with pytest.raises(CrossScopeWrite):
                db.session.flush()
            db.session.rollback()
