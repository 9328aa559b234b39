"""Home pages: cards that say what waits for a person. Slices register theirs.

    @home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)
    def draft_standards() -> Card | None: ...

A card function runs in the scope of the place and may ask the database; it returns None
when nothing is worth showing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind, current_scope

Tone = Literal["plain", "info", "ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that waits: `number` of what `title` says; `text` explains; `url` leads there.

    `number` is shown as it is: format it first when it is not a small whole number.
    """

    title: str
    number: int | str
    text: str
    url: str
    tone: Tone = "plain"
    icon: str = "chevron-right"


MakeCard = Callable[[], Card | None]

_makers: list[tuple[ScopeKind, Permission, MakeCard]] = []


def home_card(kind: ScopeKind, permission: Permission) -> Callable[[MakeCard], MakeCard]:
    """Register a card for the homes of this kind of place, for those with the permission."""

    def register(make: MakeCard) -> MakeCard:
        _makers.append((kind, permission, make))
        return make

    return register


def cards() -> list[Card]:
    """The cards of the scope in force, the most urgent first."""
    scope = current_scope()
    made = (
        make()
        for kind, permission, make in _makers
        if kind is scope.kind and permission.value in scope.permissions
    )
    return sorted((card for card in made if card is not None), key=_urgency)


def _urgency(card: Card) -> int:
    return ("bad", "warn", "info", "plain", "ok").index(card.tone)
