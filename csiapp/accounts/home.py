"""Home pages: cards that say what waits for a person, and panels that show the latest below
them. Slices register theirs.

    @home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)
    def draft_standards() -> Card | None: ...

A card or panel function runs in the scope of the place and may ask the database; it returns None
when nothing is worth showing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind, current_scope

Make = TypeVar("Make")
Tone = Literal["plain", "info", "ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that waits: `number` of what `title` says; `text` explains; `url` leads there.

    `number` is shown as it is: format it first when it is not a small whole number. It may be
    empty where the words say all.
    """

    title: str
    number: int | str
    text: str
    url: str
    tone: Tone = "plain"
    icon: str = "chevron-right"


@dataclass(frozen=True, slots=True)
class Panel:
    """A card with content: `template` is included with `values`; `more` leads to `url`.

    `rank` orders the panels of a home: results 0, work 1, what happened 2.
    """

    id: str
    title: str
    template: str
    values: dict[str, Any]
    more: str
    url: str
    rank: int = 1


MakeCard = Callable[[], Card | None]
MakePanel = Callable[[], Panel | None]

_makers: list[tuple[ScopeKind, Permission, MakeCard]] = []
_panel_makers: list[tuple[ScopeKind, Permission, MakePanel]] = []


def home_card(kind: ScopeKind, permission: Permission) -> Callable[[MakeCard], MakeCard]:
    """Register a card for the homes of this kind of place, for those with the permission."""

    def register(make: MakeCard) -> MakeCard:
        _makers.append((kind, permission, make))
        return make

    return register


def home_panel(kind: ScopeKind, permission: Permission) -> Callable[[MakePanel], MakePanel]:
    """Register a panel for the homes of this kind of place, for those with the permission."""

    def register(make: MakePanel) -> MakePanel:
        _panel_makers.append((kind, permission, make))
        return make

    return register


def cards() -> list[Card]:
    """The cards of the scope in force, the most urgent first."""
    made = (make() for make in _of_scope(_makers))
    return sorted((card for card in made if card is not None), key=_urgency)


def panels() -> list[Panel]:
    """The panels of the scope in force, in the order of their rank."""
    made = (make() for make in _of_scope(_panel_makers))
    return sorted((panel for panel in made if panel is not None), key=lambda panel: panel.rank)


def _of_scope(makers: list[tuple[ScopeKind, Permission, Make]]) -> Iterator[Make]:
    scope = current_scope()
    for kind, permission, make in makers:
        if kind is scope.kind and permission.value in scope.permissions:
            yield make


def _urgency(card: Card) -> int:
    return ("bad", "warn", "info", "plain", "ok").index(card.tone)
