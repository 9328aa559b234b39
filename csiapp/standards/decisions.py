"""What the publisher decides about each change: which class it is, and what training it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from csiapp.standards.versioning import Change

Class = Literal[
    "same", "wording", "measure", "target", "weight", "added", "removed", "moved", "settings"
]
Training = Literal["retrain", "brief", "none"]
TRAINING: tuple[Training, ...] = ("retrain", "brief", "none")

_HEAVIEST_FIRST: tuple[Class, ...] = (
    "added", "removed", "measure", "target", "weight", "wording", "settings", "moved",
)  # fmt: skip
_ASKS_TRAINING: Mapping[str, Training] = {
    "added": "retrain",
    "measure": "retrain",
    "target": "retrain",
    "wording": "brief",
}


class Decision(NamedTuple):
    kind: Class
    training: Training


def needs_decision(change: Change) -> bool:
    """Everything but the set's own frame, which is the network's, and points that only follow
    from the importance of other standards."""
    if change.level == "set":
        return False
    if change.before is None or change.after is None:
        return True
    names = change.before.keys() | change.after.keys()
    differing = {name for name in names if change.before.get(name) != change.after.get(name)}
    return differing != {"points"} or "moved" in change.kinds


def proposed(change: Change) -> Decision:
    """What the machine takes the change for: the heaviest of its kinds. Only standards are
    taught anew; of the items above them people are told."""
    kind = next(kind for kind in _HEAVIEST_FIRST if kind in change.kinds)
    training = _ASKS_TRAINING.get(kind, "none") if needs_decision(change) else "none"
    if training == "retrain" and change.level != "standard":
        training = "brief"
    return Decision(kind, training)


def possible_classes(change: Change) -> tuple[Class, ...]:
    """What the publisher may confirm it as. Nobody may say less than a measure's change; a new
    wording may be the same thing said better (`same`), or a new meaning (`measure`)."""
    kind = proposed(change).kind
    if "wording" not in change.kinds or kind not in {"wording", "weight"}:
        return (kind,)
    meaning: tuple[Class, ...] = ("measure",) if change.level == "standard" else ()
    return (kind, *(("same",) if kind == "wording" else ()), *meaning)


def decided(
    changes: Iterable[Change], given: Mapping[str, Mapping[str, str]]
) -> dict[str, Decision]:
    """Item code -> decision: the publisher's, or the proposal where none was given.

    Raises ValueError, with the item's code, for a decision that does not fit the change.
    """
    decisions: dict[str, Decision] = {}
    for change in changes:
        if not needs_decision(change):
            continue
        own, first = given.get(change.code, {}), proposed(change)
        kind = next(
            (k for k in possible_classes(change) if k == own.get("class", first.kind)), None
        )
        training = next((t for t in TRAINING if t == own.get("training", first.training)), None)
        if kind is None or training is None:
            raise ValueError(change.code)
        decisions[change.code] = Decision(kind, training)
    return decisions


def classes_of_standards(
    changes: Iterable[Change], decisions: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Standard code -> its class, for :func:`csiapp.standards.observed.observed_standards`;
    `decisions` as a version keeps them."""
    return {
        change.code: decisions[change.code]["class"]
        for change in changes
        if change.level == "standard" and change.code in decisions
    }


def redefined(decisions: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The codes whose class is `measure`, of decisions as a version keeps them: for
    :func:`csiapp.standards.comparability.comparability`."""
    return {code for code, decision in decisions.items() if decision.get("class") == "measure"}
