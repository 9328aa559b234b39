"""The tables of the audit's life."""

from __future__ import annotations

import pytest

from csiapp.audits.lifecycle import (
    IllegalMove,
    Lifecycle,
    visit_lifecycle,
    wave_lifecycle,
)

pytestmark = pytest.mark.unit

LIVES = [visit_lifecycle(), wave_lifecycle()]


def walked(life: Lifecycle, *steps: tuple[str, str]) -> list[str]:
    state = next(iter(life.states))
    path = []
    for action, actor in steps:
        state = life.move(state, action, actor)
        path.append(state)
    return path


def test_a_visit_runs_from_assignment_to_publication() -> None:
    assert walked(
        visit_lifecycle(),
        ("assign", "coordinator"), ("accept", "shopper"), ("start", "shopper"),
        ("submit_stage1", "shopper"), ("take", "reviewer"), ("approve", "reviewer"),
        ("publish", "head_office"),
    ) == [
        "assigned", "accepted", "in_progress", "submitted", "in_review", "approved", "published",
    ]  # fmt: skip


def test_a_visit_can_be_declined_returned_and_rejected() -> None:
    life = visit_lifecycle()
    assert life.move("assigned", "decline", "shopper") == "unassigned"
    assert life.move("in_review", "return", "reviewer") == "returned"
    assert life.move("returned", "resubmit", "shopper") == "submitted"
    assert life.move("in_review", "reject", "reviewer") == "rejected"
    left = {transition.source for transition in life.transitions}
    assert left.isdisjoint({"rejected", "published"})


def test_a_visit_waits_for_stage_two() -> None:
    life = visit_lifecycle()
    assert life.move("submitted", "hold", "system") == "awaiting_stage2"
    assert life.move("awaiting_stage2", "submit_stage2", "shopper") == "submitted"
    assert life.move("awaiting_stage2", "answer_by_rule", "system") == "submitted"


def test_a_wave_can_be_closed_by_hand_and_opened_again() -> None:
    steps = [("open", "head_office"), ("close", "head_office"), ("reopen", "head_office")]
    assert walked(wave_lifecycle(), *steps) == ["fielding", "closed", "fielding"]


@pytest.mark.parametrize(
    ("state", "action", "actor"),
    [
        ("submitted", "take", "shopper"),  # a shopper never reviews
        ("in_review", "approve", "shopper"),
        ("approved", "publish", "dealer_manager"),
        ("assigned", "start", "shopper"),  # not accepted yet
        ("published", "approve", "reviewer"),
        ("submitted", "submit_stage1", "shopper"),  # twice
        ("nowhere", "take", "reviewer"),
    ],
)
def test_a_step_that_the_table_does_not_have_is_refused(
    state: str, action: str, actor: str
) -> None:
    with pytest.raises(IllegalMove) as refused:
        visit_lifecycle().move(state, action, actor)
    assert (refused.value.state, refused.value.action) == (state, action)


def test_each_actor_is_told_only_the_steps_of_its_own() -> None:
    life = visit_lifecycle()
    assert [t.action for t in life.allowed("assigned", "shopper")] == ["accept", "decline"]
    assert life.allowed("assigned", "reviewer") == ()
    with pytest.raises(KeyError):
        life.allowed("nowhere", "shopper")


@pytest.mark.parametrize("life", LIVES)
def test_every_allowed_step_can_be_taken_and_leads_to_a_known_state(life: Lifecycle) -> None:
    for state in life.states:
        for actor in {transition.actor for transition in life.transitions}:
            for step in life.allowed(state, actor):
                assert life.move(state, step.action, actor) == step.target
                assert step.target in life.states


@pytest.mark.parametrize("life", LIVES)
def test_every_state_can_be_reached_and_no_step_is_ambiguous(life: Lifecycle) -> None:
    first = next(iter(life.states))
    reached, frontier = {first}, [first]
    while frontier:
        state = frontier.pop()
        for step in life.transitions:
            if step.source == state and step.target not in reached:
                reached.add(step.target)
                frontier.append(step.target)
    assert reached == set(life.states)
    keys = [(t.source, t.action, t.actor) for t in life.transitions]
    assert len(keys) == len(set(keys))
