"""From the network's master to a dealership's published, frozen versions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.core.activity import first_broken_link
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.standards import queries
from csiapp.standards.content import content_sha256, standards_in
from csiapp.standards.installation import adopt_master
from csiapp.standards.models import MasterVersion, Standard, StandardVersion
from csiapp.standards.services import (
    discard_draft,
    mark_key_factor,
    move_item,
    publish,
    start_draft,
)
from tests.factories.standards import (
    CODE,
    adopt,
    adopt_and_publish,
    at_work,
    install,
    reference_content,
    the_set,
)

pytestmark = pytest.mark.db


def test_the_same_master_is_installed_once_and_other_content_is_its_next_version(app, world):
    changed = reference_content()
    changed["steps"][0]["name"]["en"] = "Another name"
    with app.app_context():
        install(world)
        install(world)
        install(world, changed)
        with at_work(world.network()):
            numbers = db.session.scalars(sa.select(MasterVersion.number)).all()
    assert sorted(numbers) == [1, 2]


def test_an_adopted_draft_has_the_content_of_the_master_and_locks_its_critical_standards(
    app, world
):
    with app.app_context():
        install(world)
        adopt(world)
        with at_work(world.tenant()):
            draft = queries.draft_version(the_set())
            assert queries.version_content(draft) == reference_content()
            locked = db.session.scalars(sa.select(Standard.code).where(Standard.locked)).all()
    critical = {
        p.standard["code"] for p in standards_in(reference_content()) if p.standard["critical"]
    }
    assert set(locked) == critical
    assert len(locked) == 11


def test_a_set_is_adopted_once(app, world):
    with app.app_context():
        install(world)
        adopt(world)
        with at_work(world.tenant()), pytest.raises(Conflict):
            adopt_master(queries.latest_master(CODE))


def test_dealerships_that_publish_the_master_unchanged_have_the_same_hash(app, near):
    with app.app_context():
        adopt_and_publish(near, "next", "next_manager")
        hashes = set()
        for dealership in ("near", "next"):
            with at_work(near.tenant(dealership)):
                hashes.add(queries.published_version(the_set()).sha256)
    assert hashes == {content_sha256(reference_content())}


def test_publishing_asks_for_the_forms_once_and_signs_the_version(app, near, forms_built, run_jobs):
    run_jobs()
    with app.app_context(), at_work(near.tenant()):
        version = queries.published_version(the_set())
        assert forms_built == [str(version.id)]
        assert (version.number, version.state, version.reason) == (1, "published", "First version")
        assert version.published_by == near.people["manager"]
        assert content_sha256(queries.published_content(version.id)) == version.sha256


def test_the_next_version_retires_the_one_before_and_keeps_its_content(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            first = queries.published_version(the_set()).id
            start_draft(the_set())
            mark_key_factor(the_set(), "KF0101", is_key=False)
        with at_work(near.tenant()):
            second = publish(the_set(), "Fewer key factors", queries.draft_version(the_set()).edit)
            assert (second.number, second.based_on_id) == (2, first)
        with at_work(near.tenant()):
            states = {v.number: v.state for v in queries.published_versions(the_set())}
            assert states == {1: "retired", 2: "published"}
            assert queries.published_content(first) == reference_content()


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            seen = start_draft(the_set()).edit
            mark_key_factor(the_set(), "KF0101", is_key=False)
        with at_work(near.tenant()), pytest.raises(Conflict):
            publish(the_set(), "Late", seen)


@pytest.mark.parametrize("reason", ["", "   "])
def test_publishing_needs_a_reason(app, near, reason):
    with app.app_context():
        with at_work(near.tenant()):
            start_draft(the_set())
            mark_key_factor(the_set(), "KF0101", is_key=False)
        with at_work(near.tenant()), pytest.raises(Invalid):
            publish(the_set(), reason, queries.draft_version(the_set()).edit)


def test_a_draft_without_a_change_is_not_published(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            start_draft(the_set())
        with at_work(near.tenant()), pytest.raises(Invalid):
            publish(the_set(), "Nothing", queries.draft_version(the_set()).edit)


def test_an_ineffective_standard_blocks_publishing(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            draft = start_draft(the_set())
            row = queries.find_standard(draft.id, "ST010101").standard
            row.target = None
        with at_work(near.tenant()), pytest.raises(Invalid):
            publish(the_set(), "Not measurable", queries.draft_version(the_set()).edit)
        with at_work(near.tenant()):
            assert queries.published_version(the_set()).number == 1


def test_there_is_one_draft_at_a_time(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            start_draft(the_set())
        with at_work(near.tenant()), pytest.raises(Conflict):
            start_draft(the_set())


def test_a_discarded_draft_leaves_what_is_published(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            start_draft(the_set())
            move_item(the_set(), "step", "S02", "up")
        with at_work(near.tenant()):
            discard_draft(the_set())
        with at_work(near.tenant()):
            assert queries.draft_version(the_set()) is None
            version = queries.published_version(the_set())
            assert queries.published_content(version.id) == reference_content()


def test_a_set_whose_first_draft_was_discarded_starts_from_the_master_again(app, world):
    with app.app_context():
        install(world)
        adopt(world)
        with at_work(world.tenant()):
            discard_draft(the_set())
        with at_work(world.tenant()):
            assert queries.version_content(start_draft(the_set())) == reference_content()


def test_published_content_refuses_a_draft(app, near):
    with app.app_context(), at_work(near.tenant()):
        draft = start_draft(the_set())
        with pytest.raises(NotFound):
            queries.published_content(draft.id)


def test_standards_by_code_know_where_they_stand(app, near):
    with app.app_context(), at_work(near.tenant()):
        placed = queries.standards_by_code(queries.published_version(the_set()).id)
    assert len(placed) == 118
    assert placed["ST010101"].step["code"] == "S01"


def test_a_version_summary_can_be_read_by_the_network(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            version = queries.published_version(the_set()).id
        with at_work(near.network()):
            assert queries.version_summary([version])[version].number == 1


def test_every_verb_is_in_the_activity_log_and_the_chain_holds(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            start_draft(the_set())
            move_item(the_set(), "step", "S02", "up")
            mark_key_factor(the_set(), "KF0101", is_key=False)
        with at_work(near.tenant()):
            verbs = db.session.scalars(
                sa.select(ActivityEntry.verb).order_by(ActivityEntry.seq)
            ).all()
            assert first_broken_link() is None
    assert verbs == [
        "standards.adopted",
        "standards.published",
        "standards.draft_started",
        "standards.item_moved",
        "standards.key_factor_marked",
    ]


# ------------------------------------------------------------- what is published never changes


def test_a_published_row_changed_through_the_models_is_refused_by_the_database(app, near):
    with app.app_context(), at_work(near.tenant()):
        row = queries.find_standard(queries.published_version(the_set()).id, "ST010101").standard
        row.importance = 1
        with pytest.raises(sa.exc.DatabaseError):
            db.session.flush()
        db.session.rollback()
    with app.app_context(), at_work(near.tenant()):
        version = queries.published_version(the_set())
        assert queries.published_content(version.id) == reference_content()


@pytest.mark.parametrize("statement", [
    "UPDATE standard SET points = 999 WHERE code = 'ST010101'",
    "UPDATE key_factor SET is_key = NOT is_key WHERE code = 'KF0101'",
    "UPDATE sub_step SET name = '{}' WHERE code = 'S01.1'",
    "UPDATE service_step SET position = 14 - position",
    "DELETE FROM standard WHERE code = 'ST010101'",
    "UPDATE standard_version SET reason = 'another'",
    "UPDATE standard_version SET state = 'draft'",
    "DELETE FROM standard_version",
])  # fmt: skip
def test_even_the_owner_of_the_database_cannot_change_what_is_published(near, database, statement):
    with pytest.raises(sa.exc.DatabaseError), database.owner() as connection:
        connection.execute(sa.text(statement))


def test_the_next_dealership_does_not_see_these_versions(app, near):
    with app.app_context(), at_work(near.tenant("next")):
        assert queries.sets_at_work() == []
        assert db.session.scalars(sa.select(StandardVersion)).all() == []
