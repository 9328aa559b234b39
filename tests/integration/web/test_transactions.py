"""One transaction per unsafe request; none for others."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.db


@pytest.fixture
def written(visitor):
    """How many rows the test's view has left behind."""
    return lambda: int(visitor.get("/made/db").text)


def test_a_post_that_succeeds_is_kept(visitor, written):
    assert visitor.post("/made/write").status_code == 200
    assert written() == 1


def test_a_get_that_writes_leaves_nothing(visitor, written):
    assert visitor.get("/made/write").text == "written"
    assert visitor.head("/made/write").status_code == 200
    assert written() == 0


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_a_post_that_is_answered_as_a_failure_leaves_nothing(visitor, written, status):
    assert visitor.post(f"/made/write/{status}").status_code == status
    assert written() == 0


def test_the_next_request_begins_clean(visitor, written):
    visitor.post("/made/write/422")
    assert visitor.post("/made/write").status_code == 200
    assert written() == 1


def test_a_second_writer_of_the_same_row_gets_a_conflict(visitor, written):
    assert visitor.post("/made/write").status_code == 200
    assert visitor.post("/made/write").status_code == 409
    assert written() == 1
