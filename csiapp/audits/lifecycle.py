"""The life of a wave and of a visit, as tables: who may take which step in which state.

The tables are ``audit_lifecycle.yaml`` of the reference data. Guards and limits stand there in
words; whoever calls :meth:`Lifecycle.move` has checked them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from csiapp.reference.loader import audit_lifecycle

Text = Mapping[str, str]


class IllegalMove(ValueError):
    """No step of this name leads on from this state, or not for this actor."""

    def __init__(self, state: str, action: str, actor: str) -> None:
        super().__init__(f"{actor} cannot {action} what is {state}")
        self.state = state
        self.action = action
        self.actor = actor


@dataclass(frozen=True, slots=True)
class Transition:
    """``guard`` and ``limit`` are in words, empty where there is none."""

    source: str
    target: str
    actor: str
    action: str
    guard: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """States with their names, first the one where everything begins, and the steps between."""

    states: Mapping[str, Text]
    transitions: tuple[Transition, ...]

    def allowed(self, state: str, actor: str) -> tuple[Transition, ...]:
        """The steps that this actor may take now. Raises ``KeyError`` for an unknown state."""
        if state not in self.states:
            raise KeyError(state)
        return tuple(t for t in self.transitions if (t.source, t.actor) == (state, actor))

    def move(self, state: str, action: str, actor: str) -> str:
        """The state after the step. Raises :class:`IllegalMove`."""
        for transition in self.transitions:
            if (transition.source, transition.action, transition.actor) == (state, action, actor):
                return transition.target
        raise IllegalMove(state, action, actor)

    def is_final(self, state: str) -> bool:
        """Whether nothing leads on from here."""
        return all(transition.source != state for transition in self.transitions)


@cache
def wave_lifecycle() -> Lifecycle:
    return _lifecycle(audit_lifecycle()["wave"])


@cache
def visit_lifecycle() -> Lifecycle:
    """The whole life of a visit, with stage two, dispute and finalising."""
    return _lifecycle(audit_lifecycle()["visit"])


@cache
def running_visit_lifecycle() -> Lifecycle:
    """The form of the same table that runs: a submission, stage two where something waits for
    it, then review and publication.

    States: unassigned, assigned, accepted, in_progress, submitted, awaiting_stage2, in_review,
    returned, approved, rejected, published, cancelled.
    """
    return _short("visit", "visit_running")


@cache
def short_wave_lifecycle() -> Lifecycle:
    """The short form of a wave: planned, fielding, closed."""
    return _short("wave", "wave_short")


def _short(name: str, short_name: str) -> Lifecycle:
    """The states that the short form keeps, the steps between them, and its own steps."""
    document = audit_lifecycle()
    whole, short = document[name], document[short_name]
    kept = set(short["states"])
    states = [state for state in whole["states"] if state["code"] in kept]
    inside = [t for t in whole["transitions"] if {t["from"], t["to"]} <= kept]
    return _lifecycle({"states": states, "transitions": [*inside, *short["transitions"]]})


def _lifecycle(table: Mapping[str, Any]) -> Lifecycle:
    states = {state["code"]: state["name"] for state in table["states"]}
    return Lifecycle(states, tuple(_transitions(table["transitions"])))


def _transitions(rows: Iterable[Mapping[str, str]]) -> Iterable[Transition]:
    for row in rows:
        yield Transition(
            source=row["from"],
            target=row["to"],
            actor=row["actor"],
            action=row["action"],
            guard=row.get("guard", ""),
            limit=row.get("limit", ""),
        )
