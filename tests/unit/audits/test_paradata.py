"""How a form was filled in, derived from the journal."""

from __future__ import annotations

import csv
import datetime as dt
import io

from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.paradata import BREAK, COLUMNS, FINALIZE, Kept, as_csv, log_of, mark, paces
from tests.factories.tablet import visit_form

FORM = visit_form()
T0 = dt.datetime(2026, 8, 1, 10, tzinfo=dt.UTC)
FIELDS = ("V017", "V017.comment", "V018", "T05", "A.narrative", "device", "jot." + "0" * 32)

events = st.lists(
    st.builds(
        Kept,
        st.sampled_from("ab"),
        st.sampled_from(FIELDS),
        st.sampled_from([{"value": "yes"}, "text", None]),
        st.integers(-90_000, 90_000).map(lambda s: T0 + dt.timedelta(seconds=s)),
    ),
    max_size=30,
)


def kept(seconds, field, value="x", device="a"):
    return Kept(device, field, value, T0 + dt.timedelta(seconds=seconds))


def test_time_runs_from_one_answer_to_the_next_on_the_same_device():
    lines = log_of(FORM, [kept(0, "V017"), kept(20, "V018"), kept(9000, "V019", device="b")], "Li")
    assert [line.seconds for line in lines] == [0, 20, 0]
    assert lines[0].node == "/MS-VISIT/B/V017"


def test_a_break_and_a_clock_set_back_are_nobodys_time():
    late = int(BREAK.total_seconds()) + 1
    lines = log_of(FORM, [kept(0, "V017"), kept(late, "V018"), kept(-50, "V019")], "")
    assert [line.seconds for line in lines] == [0, 0, 0]


def test_paces_stand_in_the_order_of_first_answers_with_seconds_and_edits():
    journal = [
        kept(0, "V018", {"value": "no"}),
        kept(10, "V017", {"value": "no"}),
        kept(25, "V017.comment", "Late"),
        kept(30, "V017", {"value": "yes"}),
        kept(31, "V017", {"value": "yes"}),
    ]
    found = [(p.order, p.code, p.seconds, p.edits) for p in paces(FORM, log_of(FORM, journal, ""))]
    assert found == [(1, "V018", 0, 0), (2, "V017", 31, 1)]


def looked(seconds, *spans, device="a"):
    """An event of a device: (code, from, seconds) each."""
    ms = int(T0.timestamp() * 1000)
    value = [[code, ms + start * 1000, lasted * 1000] for code, start, lasted in spans]
    return kept(seconds, "focus", value, device)


def test_time_is_that_of_the_question_on_the_screen_where_the_device_says_so():
    journal = [
        kept(18, "V017", {"value": "no"}),
        kept(25, "V017.comment", "Late"),
        kept(30, "V018", {"value": "yes"}),
        looked(50, ("V017", 10, 16), ("V018", 26, 4), ("V017", 30, 5)),
    ]
    lines = log_of(FORM, journal, "Li")
    assert [(line.node.rsplit("/")[-1], line.seconds, line.new) for line in lines] == [
        ("V017", 16, {"value": "no"}),
        ("V017.comment", 0, "Late"),
        ("V018", 4, {"value": "yes"}),
        ("V017", 5, None),
    ]
    assert (lines[0].start, lines[0].end) == (kept(10, "").at, kept(26, "").at)
    found = [(p.order, p.code, p.seconds, p.edits) for p in paces(FORM, lines)]
    assert found == [(1, "V017", 21, 0), (2, "V018", 4, 0)]


def test_what_was_only_looked_at_is_in_the_log_and_no_answer():
    lines = log_of(FORM, [looked(50, ("V017", 10, 16))], "")
    assert [(line.event, line.seconds) for line in lines] == [("question", 16)]
    assert paces(FORM, lines) == []


def test_an_answer_that_no_look_covers_takes_the_time_since_the_one_before():
    journal = [
        kept(12, "V017"),
        kept(40, "V018"),
        kept(41, "V018", device="b"),
        looked(50, ("V017", 10, 10)),
    ]
    assert [line.seconds for line in log_of(FORM, journal, "")] == [10, 20, 0]


@given(events)
def test_no_event_is_lost_and_no_time_is_negative_or_longer_than_a_break(journal):
    lines = log_of(FORM, journal, "")
    assert [line.new for line in lines] == [event.value for event in journal]
    assert all(0 <= line.seconds <= BREAK.total_seconds() for line in lines)
    assert sum(p.seconds for p in paces(FORM, lines)) <= sum(line.seconds for line in lines)


@given(st.text(max_size=20))
def test_no_cell_of_the_log_begins_a_formula(text):
    lines = [*log_of(FORM, [kept(0, "A.narrative", text)], text), mark(FINALIZE, T0, FORM, text)]
    rows = list(csv.reader(io.StringIO(as_csv(lines).removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3
    for cell in (cell for row in rows[1:] for cell in row):
        assert cell.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"} or not cell


def test_the_log_has_milliseconds_and_both_values():
    lines = log_of(FORM, [kept(0, "T05", "a"), kept(2, "T05", "b")], "Li")
    row = list(csv.DictReader(io.StringIO(as_csv(lines).removeprefix("\ufeff"))))[1]
    start = int(T0.timestamp() * 1000)
    assert row["event"] == "question"
    assert (int(row["start"]), int(row["end"])) == (start, start + 2000)
    assert (row["old-value"], row["new-value"], row["user"]) == ("a", "b", "Li")
