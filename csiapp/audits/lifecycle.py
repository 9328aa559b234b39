"""The life of a wave and of a visit, as tables: who may take which step in which state.

``audit_lifecycle.yaml`` of the reference data has the whole life and, beside it, the short form
that runs. Guards and limits stand there in words; whoever calls :meth:`Lifecycle.move` has
checked them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from csiapp.reference.loader import audit_lifecycle


class IllegalMove(ValueError):
    """No step of this name leads on from this state, or not for this actor."""

    def __init__(self, state: str, action: str, actor: str) -> None:
        super().__init__(f"{actor} cannot {action} what is {state}")
        self.state = state
        self.action = action
        self.actor = actor


@dataclass(frozen=True, slots=True)
class Transition:
    source: str
    target: str
    actor: str
    action: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """States, first the one where everything begins, and the steps between."""

    states: tuple[str, ...]
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


@cache
def visit_lifecycle() -> Lifecycle:
    """A submission, stage two where something waits for it, then review and publication.

    States: unassigned, assigned, accepted, in_progress, submitted, awaiting_stage2, in_review,
    returned, approved, rejected, published, cancelled.
    """
    return _short("visit", "visit_running")


@cache
def wave_lifecycle() -> Lifecycle:
    """Planned, fielding, closed."""
    return _short("wave", "wave_short")


def _short(name: str, short_name: str) -> Lifecycle:
    """The states that the short form keeps, the steps between them, and its own steps."""
    document = audit_lifecycle()
    whole, short = document[name], document[short_name]
    states = tuple(s["code"] for s in whole["states"] if s["code"] in short["states"])
    inside = [t for t in whole["transitions"] if t["from"] in states and t["to"] in states]
    steps = tuple(
        Transition(source=t["from"], target=t["to"], actor=t["actor"], action=t["action"])
        for t in (*inside, *short["transitions"])
    )
    return Lifecycle(states, steps)
