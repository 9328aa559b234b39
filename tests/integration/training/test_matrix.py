"""The matrix: states on fixed days, filters, rates, paging, and what it asks of the database."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from csiapp.core.errors import NotFound
from csiapp.core.tenancy import entered
from csiapp.training.matrix import Matrix, MatrixFilter, matrix
from csiapp.training.queries import roll_on
from csiapp.training.services import mark_left
from csiapp.training.status import State
from tests.factories import training
from tests.factories.standards import at_work
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

DAY = dt.date(2026, 6, 1)


def shown(app, world, day=DAY, number=1, **wanted) -> Matrix:
    with app.app_context(), entered(world.tenant()):
        return matrix(roll_on(day), MatrixFilter(**wanted), number)


def names(found: Matrix) -> list[str]:
    return [training.person.name for training in found.people.items]


@pytest.mark.parametrize(("day", "state"), [
    (dt.date(2025, 5, 31), State.ASSIGNED),
    (dt.date(2025, 6, 1), State.PASSED),
    (dt.date(2026, 5, 1), State.PASSED),
    (dt.date(2026, 5, 2), State.EXPIRING),
    (dt.date(2026, 6, 1), State.EXPIRING),
    (dt.date(2026, 6, 2), State.EXPIRED),
])  # fmt: skip
def test_a_pass_of_a_years_validity_goes_through_its_states(app, taught, day, state):
    with app.app_context():
        person = training.hire(taught, "1")
        training.note_down(taught, person, "TC08", "passed", dt.date(2025, 6, 1))
    found = shown(app, taught, day)
    (row,) = found.people.items
    course = next(c for c in found.courses if c.code == "TC08")
    assert row.of(course.id).state is state
    assert found.overview.counts[state] >= 1


def test_the_overview_counts_everybody_on_staff_whatever_is_filtered(app, taught):
    with app.app_context():
        one = training.hire(taught, "1", ["CA"], name="Ann Sample")
        training.hire(taught, "2", ["CA"], name="Bob Sample")
        gone = training.hire(taught, "3", ["CA"], name="Cid Sample")
        training.hire(taught, "4", ["CA"], name="Dan Sample", joined_on=DAY + dt.timedelta(days=1))
        with at_work(taught.tenant()):
            mark_left(gone, DAY - dt.timedelta(days=1))
        for course in ("TC01", "TC02"):
            training.note_down(taught, one, course, "passed", dt.date(2026, 3, 1))
    found = shown(app, taught, search="ann")
    required = len(found.courses)
    assert names(found) == ["Ann Sample"]
    assert found.people.items[0].rate == Fraction(2, required)
    assert (found.overview.staff, found.overview.valid) == (2, 2)
    assert found.overview.rate == Fraction(2, 2 * required)


def test_filters_by_role_state_name_and_number(app, taught):
    with app.app_context():
        expired = training.hire(taught, "A1", ["SA"], name="Ann Sample")
        training.hire(taught, "B2", ["TE"], name="Bob Sample")
        training.note_down(taught, expired, "TC08", "passed", dt.date(2024, 6, 1))
    assert names(shown(app, taught, role="TE")) == ["Bob Sample"]
    assert names(shown(app, taught, search="b2")) == ["Bob Sample"]
    found = shown(app, taught, state=State.EXPIRED)
    assert names(found) == ["Ann Sample"]
    assert [course.code for course in found.courses] == ["TC08"]
    assert names(shown(app, taught, search="zzz")) == []


def test_shows_the_courses_that_somebody_must_hold_or_all(app, taught):
    with app.app_context():
        training.hire(taught, "1", ["PT"])
    required = [course.code for course in shown(app, taught).courses]
    assert "TC20" in required
    assert "TC08" not in required
    assert len(shown(app, taught, all_courses=True).courses) == 34


def test_pages_of_25_people_and_none_past_the_end(app, taught):
    with app.app_context():
        training.crowd(taught, 30)
    assert len(shown(app, taught).people.items) == 25
    assert len(shown(app, taught, number=2).people.items) == 5
    with pytest.raises(NotFound):
        shown(app, taught, number=3)


def test_asks_the_database_as_often_for_300_people_as_for_one(app, taught, client_of):
    def statements() -> tuple[int, str]:
        with statements_of(app) as sent:
            page = client_of("manager").get("/t/near/training")
        assert page.status_code == 200
        return len(sent), page.text

    with app.app_context():
        training.crowd(taught, 1)
    few, _page = statements()
    with app.app_context():
        training.crowd(taught, 299, first=1)
    many, page = statements()
    assert many == few
    assert "Test crowd 024" in page
    assert "Test crowd 025" not in page


def test_people_of_the_next_dealership_are_not_in_it(app, taught, client_of):
    with app.app_context():
        training.hire(taught, "1", name="Next Door", dealership="next")
        training.hire(taught, "2", name="At Home")
    page = client_of("manager").get("/t/near/training").text
    assert "At Home" in page
    assert "Next Door" not in page
    assert client_of("manager").get("/t/next/training").status_code == 404


def test_a_name_is_text_wherever_it_is_shown(app, taught, client_of):
    name = "<b>Bold</b> & 'Co'"
    with app.app_context():
        person = training.hire(taught, "1", name=name, email="staff@test.example")
        training.note_down(taught, person, "TC08", "waived", note="<i>why</i>")
    manager = client_of("manager")
    addresses = (
        "/t/near/training",
        f"/t/near/training/people/{person}",
        f"/t/near/training/people/{person}/courses/TC08",
        "/t/near/training/staff",
        f"/t/near/training/staff/{person}",
        "/t/near/training/record?course=TC08",
    )
    for address in addresses:
        page = manager.get(address).text
        assert "&lt;b&gt;Bold&lt;/b&gt;" in page, address
        assert "<b>Bold" not in page, address
        assert "<i>why" not in page, address


def test_a_filter_that_is_not_offered_filters_nothing(app, taught, client_of):
    with app.app_context():
        training.hire(taught, "1", name="At Home")
    page = client_of("manager").get("/t/near/training?role=XX&state=zzz&courses=1&page=x")
    assert page.status_code == 200
    assert "At Home" in page.text


def test_htmx_gets_the_table_alone(app, taught, client_of):
    with app.app_context():
        training.hire(taught, "1", name="At Home")
    part = client_of("manager").get("/t/near/training", headers={"HX-Request": "true"}).text
    assert "At Home" in part
    assert "<html" not in part
