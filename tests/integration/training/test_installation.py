"""The reference courses come into a network once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.reference.loader import training_catalogue
from csiapp.training import queries
from csiapp.training.installation import install_courses
from csiapp.training.models import Course, CourseRequirement
from tests.factories import training
from tests.factories.standards import at_work

pytestmark = pytest.mark.db


def test_a_network_gets_every_course_with_the_roles_that_must_and_may_take_it(app, taught):
    reference = {course["code"]: course for course in training_catalogue()["courses"]}
    assert len(reference) == 34
    with app.app_context(), at_work(taught.network()):
        known = queries.catalogue()
        assert list(known.by_code) == sorted(reference)
        for role in training_catalogue()["roles"]:
            code = role["code"]
            for ids, key in (
                (known.required_of([code]), "required_roles"),
                (known.optional_for([code]), "optional_roles"),
            ):
                given = {known.courses[course].code for course in ids}
                assert given == {c for c, course in reference.items() if code in course[key]}
        course = known.by_code["TC08"]
        assert (course.pass_mark, course.validity_months, course.prerequisites) == (
            85,
            12,
            ["TC05"],
        )


def test_installing_again_adds_nothing_and_leaves_what_the_network_changed(app, taught):
    with app.app_context():
        with at_work(taught.network()):
            queries.get_course("TC01").pass_mark = 90
        with at_work(taught.network()):
            assert install_courses() == []
            assert queries.get_course("TC01").pass_mark == 90
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Course)) == 34


def test_each_network_has_courses_of_its_own(app, taught):
    with app.app_context():
        with at_work(taught.network("far", "far_headoffice")):
            assert queries.course_titles() == {}
        training.install(taught, "far")
        with at_work(taught.network("far", "far_headoffice")):
            assert len(queries.course_titles()) == 34
            networks = db.session.scalars(sa.select(CourseRequirement.network_id).distinct())
            assert networks.all() == [taught.networks["far"]]
