"""A newer edition of the network's standards at a dealership."""

from __future__ import annotations

import pytest

from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.content import standards_in
from csiapp.standards.installation import install_master
from csiapp.standards.rows import standard_rows
from csiapp.standards.services import mark_key_factor, publish, start_draft, undo
from csiapp.standards.services.merging import apply_merge, newer_master, preview_merge
from csiapp.standards.services.publishing import Terms, local_today
from tests.factories.standards import at_work, reference_content, the_set
from tests.support.html_form import fields_of

pytestmark = pytest.mark.db

BASE = "/t/near/standards/REF-AFTERSALES"
TIMED = "ST020101"
CORE = "ST050201"


def newer():
    """The reference with another target, a new wording of the core, and one standard less."""
    content = reference_content()
    found = {p.standard["code"]: p for p in standards_in(content)}
    found[TIMED].standard["measure"]["target"] = 4
    found[CORE].standard["importance"] = 4
    found["ST010102"].key_factor["standards"].remove(found["ST010102"].standard)
    return content


@pytest.fixture
def edition(app, near):
    """Edition 2 is installed; dealership "near" has edition 1 in force; the world."""
    with app.app_context(), at_work(near.network()):
        install_master(newer())
    return near


def _standard(code):
    return queries.find_standard(queries.draft_version(the_set()).id, code).standard


def test_a_newer_edition_is_noticed_until_it_is_merged(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            assert newer_master(the_set()) is None
            with pytest.raises(Conflict):
                preview_merge(the_set(), {})
        with at_work(near.network()):
            install_master(newer())
        with at_work(near.tenant()):
            assert newer_master(the_set()).number == 2
            apply_merge(the_set(), preview_merge(the_set(), {}).seen, {})
            assert newer_master(the_set()) is None


def test_looking_writes_nothing(app, edition, client_of):
    assert client_of("manager").get(f"{BASE}/merge").status_code == 200
    with app.app_context(), at_work(edition.tenant()):
        assert queries.draft_version(the_set()) is None


def test_the_result_becomes_a_draft_with_exactly_the_previewed_content(app, edition):
    with app.app_context(), at_work(edition.tenant()):
        preview = preview_merge(the_set(), {})
        draft = apply_merge(the_set(), preview.seen, {})
        db.session.expire_all()
        assert queries.version_content(draft) == preview.merged.content == newer()
        assert draft.number == 2
        assert _standard(CORE).locked


def test_what_the_dealership_changed_stays_unless_it_chooses_the_networks(app, edition):
    with app.app_context(), at_work(edition.tenant()):
        start_draft(the_set())
        mark_key_factor(the_set(), "KF0101", is_key=False)
        _standard(TIMED).target = 2
        db.session.flush()
        key = f"{TIMED}.measure"
        kept = preview_merge(the_set(), {})
        assert [f.choices for f in kept.merged.differences if f.choices] == [(key,)]
        draft = apply_merge(
            the_set(), preview_merge(the_set(), {key: "theirs"}).seen, {key: "theirs"}
        )
        assert _standard(TIMED).target == 4
        assert queries.find_key_factor(draft.id, "KF0101")[0].is_key is False


def test_a_merge_of_what_changed_meanwhile_is_refused(app, edition):
    with app.app_context(), at_work(edition.tenant()):
        start_draft(the_set())
        seen = preview_merge(the_set(), {}).seen
        mark_key_factor(the_set(), "KF0101", is_key=False)
        with pytest.raises(Conflict):
            apply_merge(the_set(), seen, {})


def _state():
    """What the draft says, where each standard's row is, and the edition that it goes back to."""
    draft = queries.draft_version(the_set())
    rows = standard_rows(queries.load_steps(draft.id))
    ids = {row.code: (row.id, row.locked) for row in rows}
    return queries.version_content(draft), ids, draft.master_id


def test_a_merge_is_undone_like_any_change_and_so_is_what_came_before(app, edition):
    with app.app_context(), at_work(edition.tenant()):
        start_draft(the_set())
        first = _state()
        mark_key_factor(the_set(), "KF0101", is_key=False)
        second = _state()
        apply_merge(the_set(), preview_merge(the_set(), {}).seen, {})
        assert _state() != second
        for state in (second, first):
            draft = queries.draft_version(the_set())
            undo(the_set(), queries.last_edit(draft.id).number)
            db.session.expire_all()
            assert _state() == state
        assert newer_master(the_set()).number == 2


def test_a_waiting_draft_is_not_merged_into(app, edition):
    with app.app_context(), at_work(edition.tenant()):
        draft = start_draft(the_set())
        mark_key_factor(the_set(), "KF0101", is_key=False)
        later = local_today().replace(year=local_today().year + 1, day=1)
        publish(the_set(), "Later", draft.edit, Terms(publish_on=later))
        with pytest.raises(Conflict):
            preview_merge(the_set(), {})


def test_the_page_shows_three_columns_and_applies_what_was_chosen(app, edition, client_of):
    with app.app_context(), at_work(edition.tenant()):
        start_draft(the_set())
        _standard(TIMED).target = 2
    client = client_of("manager")
    html = client.get(f"{BASE}/merge").get_data(as_text=True)
    for words in ("at most 4 rings", "at most 2 rings", "1 choice", "not in the result"):
        assert words in html
    fields = fields_of(html)
    name = f"choice-{TIMED}.measure"
    assert fields[name] == ["mine"]
    fields[name] = "theirs"
    again = client.post(f"{BASE}/merge", data=fields, headers={"HX-Request": "true"})
    assert "<html" not in again.get_data(as_text=True)
    applied = client.post(f"{BASE}/merge", data=fields | {"apply": "1"})
    assert applied.headers["Location"].endswith("/draft/publish")
    with app.app_context(), at_work(edition.tenant()):
        assert _standard(TIMED).target == 4
    stale = client.post(f"{BASE}/merge", data=fields | {"apply": "1"})
    assert stale.status_code == 409


def test_staff_do_not_merge(edition, client_of):
    assert client_of("staff").get(f"{BASE}/merge").status_code == 403
