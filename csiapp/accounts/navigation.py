"""The ways through the product: entries by kind of place, and the places of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from csiapp.accounts.identity import Place, SignedIn
from csiapp.accounts.scope_loader import Address
from csiapp.accounts.wording import ROLE_NAMES, device
from csiapp.core.db import Text2
from csiapp.core.i18n import tr
from csiapp.core.permissions import ROLE_PERMISSIONS, SCOPE_KIND_OF_ROLE, Permission, Role
from csiapp.core.tenancy import ScopeKind
from csiapp.core.web import wants_fragment


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the main navigation, for those who hold the permission."""

    label: Any
    icon: str
    endpoint: str
    permission: Permission
    parts: tuple[str, ...] = ()
    """Blueprints beside the endpoint's own whose pages belong to this entry."""


NAV: dict[ScopeKind, tuple[Entry, ...]] = {
    ScopeKind.TENANT: (
        Entry(_l("Home"), "home", "home.dealership", Permission.SIGNED_IN),
        Entry(
            _l("Standards"),
            "list-check",
            "standards_sets.index",
            Permission.STANDARDS_READ,
            (
                "standards",
                "standards_draft",
                "standards_items",
                "standards_check",
                "standards_merge",
                "standards_publish",
                "standards_history",
                "standards_exchange",
                "standards_reading",
                "handbook",
                "replay",
                "coverage",
                "quadrant",
                "cycle",
            ),
        ),
        Entry(_l("Audit forms"), "clipboard-list", "own_forms.index", Permission.FORMS_BUILD),
        Entry(
            _l("Training"),
            "school",
            "training.matrix",
            Permission.TRAINING_READ,
            ("training_record", "training_staff"),
        ),
        Entry(_l("My training"), "certificate", "training.mine", Permission.TRAINING_OWN),
        Entry(
            _l("Results"),
            "chart-bar",
            "results.index",
            Permission.RESULTS_READ,
            ("own_reports",),
        ),
        Entry(_l("Activity"), "history", "activity.dealership", Permission.ACTIVITY_READ),
    ),
    ScopeKind.NETWORK: (
        Entry(_l("Home"), "home", "home.network", Permission.SIGNED_IN),
        Entry(
            _l("Overview"),
            "layout-dashboard",
            "headoffice.overview",
            Permission.NETWORK_READ,
            ("network_replay",),
        ),
        Entry(
            _l("Visits"),
            "clipboard-list",
            "visits.index",
            Permission.VISITS_READ,
            ("planning", "ties", "waves", "form_sets", "network_forms", "moving"),
        ),
        Entry(_l("Audit forms"), "list-check", "master_forms.index", Permission.FORMS_BUILD),
        Entry(_l("Reviews"), "clipboard-check", "reviews.index", Permission.VISIT_REVIEW),
        Entry(_l("Reports"), "file-type-pdf", "reports.index", Permission.REPORTS_READ),
        Entry(_l("People"), "users", "people.index", Permission.PEOPLE_MANAGE),
        Entry(_l("Activity"), "history", "activity.network", Permission.ACTIVITY_READ),
    ),
    ScopeKind.SHOPPER: (
        Entry(_l("My visits"), "clipboard-list", "shopper.visits", Permission.VISIT_FILL),
    ),
}

HOME_OF_KIND = {
    ScopeKind.TENANT: "home.dealership",
    ScopeKind.NETWORK: "home.network",
    ScopeKind.SHOPPER: "home.shopper",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a person sees it: all roles that they hold there, under one address."""

    kind: ScopeKind
    network_id: int
    network: str
    dealership: str | None
    name: Text2
    roles: tuple[Role, ...]

    @property
    def url(self) -> str:
        """The home of this place."""
        return url_for(HOME_OF_KIND[self.kind], **self._address())

    @property
    def role_names(self) -> str:
        return " · ".join(str(ROLE_NAMES[role]) for role in self.roles)

    @property
    def permissions(self) -> frozenset[Permission]:
        own = frozenset({Permission.SIGNED_IN})
        return own.union(*(ROLE_PERMISSIONS[role] for role in self.roles))

    def links(self) -> list[dict[str, Any]]:
        """The main navigation here. Parts of the product that are not there are left out."""
        entries = [
            entry
            for entry in NAV[self.kind]
            if entry.permission in self.permissions and _exists(entry.endpoint)
        ]
        active = _active(entries)
        return [
            {
                "label": entry.label,
                "icon": entry.icon,
                "url": url_for(entry.endpoint, **self._address()),
                "active": entry is active,
            }
            for entry in entries
        ]

    def _address(self) -> dict[str, Any]:
        if self.dealership is not None:
            return {"dealership": self.dealership}
        return {"network": self.network}


def spots_of(person: SignedIn) -> list[Spot]:
    """A person's places, each once, in the order of their memberships."""
    grouped: dict[tuple[ScopeKind, int, str | None], list[Place]] = {}
    for place in person.places:
        key = (SCOPE_KIND_OF_ROLE[place.role], place.network_id, place.dealership_slug)
        grouped.setdefault(key, []).append(place)
    return [
        Spot(
            kind=kind,
            network_id=network_id,
            network=places[0].network_slug,
            dealership=dealership,
            name=places[0].dealership_name or places[0].network_name,
            roles=tuple(place.role for place in places),
        )
        for (kind, network_id, dealership), places in grouped.items()
    ]


def init_app(app: Flask) -> None:
    """Give `me`, `nav`, `places` and `links` to every full page."""
    app.context_processor(_page_frame)
    app.jinja_env.globals["role_names"] = ROLE_NAMES
    app.jinja_env.filters["device"] = device


def _page_frame() -> dict[str, Any]:
    """Asks nothing of the database: an error page is also shown when that is down."""
    if wants_fragment():
        return {}
    links = {
        "home": url_for("home.index"),
        "preferences": url_for("accounts.preferences"),
        "sign_in": url_for("accounts.sign_in"),
    }
    person: SignedIn | None = g.get("signed_in")
    if person is None:
        return {"links": links}
    spots = spots_of(person)
    here = _current(spots)
    links["sign_out"] = url_for("accounts.sign_out")
    links["account"] = url_for("account.show")
    return {
        "links": links,
        "person": person,
        "me": {"name": person.name, "role": here.role_names if here else person.email},
        "nav": here.links() if here else [],
        "places": [
            {"label": tr(spot.name), "url": spot.url, "current": spot is here} for spot in spots
        ],
    }


def _current(spots: list[Spot]) -> Spot | None:
    """The place that the page is about; on pages without one, the person's only place."""
    at: Address = g.get("address") or Address()
    located = g.get("place")
    for spot in spots:
        if at.visit_id is not None:
            same_network = located is not None and located.scope.network_id == spot.network_id
            if spot.kind is ScopeKind.SHOPPER and same_network:
                return spot
        elif at.network is not None:
            kind = ScopeKind.SHOPPER if at.shopper_area else ScopeKind.NETWORK
            if spot.kind is kind and spot.network == at.network:
                return spot
        elif at.dealership is not None and spot.dealership == at.dealership:
            return spot
    nowhere = at.visit_id is None and at.network is None and at.dealership is None
    return spots[0] if nowhere and len(spots) == 1 else None


def _active(entries: list[Entry]) -> Entry | None:
    """The entry of this page, else the first entry of this page's part of the product."""
    exact = (entry for entry in entries if entry.endpoint == request.endpoint)
    near = (
        entry
        for entry in entries
        if request.blueprint in (entry.endpoint.partition(".")[0], *entry.parts)
    )
    return next(exact, None) or next(near, None)


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
