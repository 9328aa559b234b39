"""How a network, its first administrator and its dealerships come into being: by command, from
outside the product (csiapp.cli). Each function is a unit of work of its own and commits.
"""

from __future__ import annotations

import contextlib
import re
import uuid
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Membership, Network, Region, User
from csiapp.accounts.services.invitations import invite
from csiapp.accounts.services.own import normal_email
from csiapp.audits.installation import install_form_templates
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.spreadsheet_reading import TooMuch, Unreadable
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.core.transactions import own_transaction
from csiapp.reference.loader import primary_factor_model, service_process, standards_template
from csiapp.standards.checks import MEASURE_TYPES
from csiapp.standards.content import StandardsContent, from_template, standards_in
from csiapp.standards.exchange import Reading, read_yaml, write_yaml
from csiapp.standards.exchange.tables import SETTINGS
from csiapp.standards.exchange.words import Words
from csiapp.standards.factors import factor_model_content
from csiapp.standards.installation import adopt_master, install_factor_model, install_master
from csiapp.standards.models import StandardVersion
from csiapp.standards.queries import latest_master, main_set, master_exists
from csiapp.standards.services import problems_of
from csiapp.standards.units import COUNTED, DURATIONS
from csiapp.standards.vocabulary import vocabulary
from csiapp.training.installation import install_courses

MASTER_CODE = "REF-AFTERSALES"
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Refused(ValueError):
    """What was asked for cannot be made. The message is for the operator, in English."""


@dataclass(frozen=True, slots=True)
class NewNetwork:
    """`slug` is part of every address of the network, and tells it from others."""

    slug: str
    name: Text2
    locale: str = "zh"
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class NewDealership:
    """`code` tells it from others in its network; `slug` is part of its addresses. `region` is
    a region's code and names; the first dealership that names it makes it."""

    code: str
    slug: str
    name: Text2
    city: Text2
    timezone: str = ""
    region: tuple[str, Text2] | None = None


def install_reference() -> None:
    """The reference standards, factor model, courses and forms (NETWORK scope). What is there
    already stays."""
    install_factor_model(factor_model_content(primary_factor_model()))
    install_master(from_template(standards_template(), service_process()))
    install_courses()
    install_form_templates()


def adopt_reference() -> StandardVersion:
    """The first draft of a dealership's own standards (TENANT scope). Raises Conflict."""
    return adopt_master(latest_master(MASTER_CODE))


def found_network(new: NewNetwork, admin_email: str) -> str | None:
    """Make the network with its reference data and invite its first administrator; returns
    the link of the invitation. Call in a request context, whose address begins the link.

    Asked again for the same network, it installs what is missing and sends another invitation,
    but None to somebody who is its administrator already. Raises Refused.
    """
    _check_slug(new.slug)
    _check_words(name=new.name)
    _check_timezone(new.timezone)
    email = normal_email(admin_email)
    if not _EMAIL.fullmatch(email):
        raise Refused(f"{admin_email!r} is not an e-mail address.")
    with _at_work(None):
        network_id = _network(new)
    with _at_work(Scope(ScopeKind.NETWORK, network_id)):
        install_reference()
        return None if _administers(email, network_id) else invite(email, Role.ADMIN, None)


def found_dealership(network_slug: str, new: NewDealership) -> bool:
    """Make a dealership that has a draft of the reference standards, for its manager to look
    at and publish. False where it was there already. Raises Refused."""
    _check_codes(new.code, *(new.region[:1] if new.region else ()))
    _check_slug(new.slug)
    _check_words(name=new.name, city=new.city, **({"region": new.region[1]} if new.region else {}))
    with _at_work(None):
        network = _known_network(network_slug)
        network_id, timezone = network.id, new.timezone or network.timezone
    _check_timezone(timezone)
    region_id = None
    if new.region:
        with _at_work(Scope(ScopeKind.NETWORK, network_id)):
            region_id = _region(*new.region)
    with _at_work(None):
        dealership_id, made = _dealership(network_id, new, region_id, timezone)
    with _at_work(Scope(ScopeKind.TENANT, network_id, tenant_id=dealership_id)):
        if main_set() is None:
            adopt_reference()
    return made


def install_edition(network_slug: str, data: bytes) -> tuple[str, int, bool]:
    """Publish a master set, a YAML file as :func:`master_file` gives it, to a network; its code,
    its number and whether it is new. Dealerships are offered to merge it. Raises Refused, with
    every fault of the file."""
    content = _content_of(data)
    with _at_work(None):
        network_id = _known_network(network_slug).id
    with _at_work(Scope(ScopeKind.NETWORK, network_id)):
        before = latest_master(content["code"]).number if master_exists(content["code"]) else 0
        found = install_master(content)
        return found.code, found.number, found.number > before


def master_file(network_slug: str, code: str) -> bytes:
    """A network's newest master set of this code, as YAML to change and install again. Raises
    Refused."""
    with _at_work(None):
        network_id = _known_network(network_slug).id
    with _at_work(Scope(ScopeKind.NETWORK, network_id)):
        if not master_exists(code):
            raise Refused(f"Network {network_slug!r} has no standards {code!r}.")
        return write_yaml(cast(StandardsContent, latest_master(code).content))


def read_edition(data: bytes) -> Reading:
    """What a master set's YAML file says. Raises TooMuch and Unreadable."""
    return read_yaml(data, _codes())


def edition_faults(content: StandardsContent) -> list[str]:
    """Why a network cannot have this master set, in English: all of it; empty where it can."""
    faults = [
        f"{problem.code}: {problem.reason} {problem.vague.found if problem.vague else ''}"
        for problem in problems_of(content)
        if problem.blocking
    ]
    faults += [
        f"{placed.standard['code']}: local standards are a dealership's, not a network's"
        for placed in standards_in(content)
        if placed.standard.get("local")
    ]
    return [fault.strip() for fault in (*faults, *_point_faults(content))]


def _content_of(data: bytes) -> StandardsContent:
    try:
        reading = read_edition(data)
    except (TooMuch, Unreadable) as error:
        raise Refused(f"This file cannot be read: {error}.") from error
    if reading.content is None:
        faults = [
            f"line {found.spot.row}: {found.reason} {found.name} {found.detail.get('value', '')}"
            for found in reading.findings
        ]
        raise Refused("\n".join(fault.strip() for fault in faults))
    if faults := edition_faults(reading.content):
        raise Refused("\n".join(faults))
    return reading.content


def _codes() -> Words:
    """What a file of an operator may say: codes alone, in no language."""
    known = vocabulary()
    lists: dict[str, Iterable[str]] = {
        "settings": SETTINGS,
        "measures": MEASURE_TYPES,
        "operators": ("<=", ">="),
        "units": (*DURATIONS, "percent", *COUNTED),
        "kinds": known.kinds,
        "evidence": known.evidence,
        "roles": known.roles,
        "tools": known.tools,
        "observers": known.observers,
    }
    return Words({}, {}, {name: {code: {} for code in codes} for name, codes in lists.items()})


def _point_faults(content: StandardsContent) -> Iterator[str]:
    """The points of a factor's standards are the factor's: the index has 1,000."""
    given: dict[str, int] = dict.fromkeys(content["factor_points"], 0)
    for placed in standards_in(content):
        factor = placed.standard["factor"]
        given[factor] = given.get(factor, 0) + placed.standard["points"]
    for factor, points in given.items():
        total = content["factor_points"].get(factor, 0)
        if points != total:
            yield f"factor {factor}: its standards have {points} points of {total}"


@contextlib.contextmanager
def _at_work(scope: Scope | None) -> Iterator[None]:
    """One transaction, committed at the end; without a scope for what belongs to nobody."""
    with entered(scope) if scope else contextlib.nullcontext(), own_transaction():
        yield


def _known_network(slug: str) -> Network:
    network = db.session.scalar(sa.select(Network).where(Network.slug == slug))
    if network is None:
        raise Refused(f"There is no network {slug!r}. Make it: flask network create")
    return network


def _network(new: NewNetwork) -> int:
    network = db.session.scalar(sa.select(Network).where(Network.slug == new.slug))
    if network is None:
        network = Network(
            id=_next_id(Network),
            slug=new.slug,
            name=new.name,
            locale=new.locale,
            timezone=new.timezone,
        )
        db.session.add(network)
    elif (network.name, network.locale, network.timezone) != (new.name, new.locale, new.timezone):
        raise Refused(f"There is a network {new.slug!r} already, with another name or setting.")
    return network.id


def _dealership(
    network_id: int, new: NewDealership, region_id: uuid.UUID | None, timezone: str
) -> tuple[int, bool]:
    same = sa.or_(
        Dealership.slug == new.slug,
        sa.and_(Dealership.network_id == network_id, Dealership.code == new.code),
    )
    found = db.session.scalars(sa.select(Dealership).where(same)).all()
    for dealership in found:
        given = (network_id, new.code, new.slug, new.name)
        if given != (dealership.network_id, dealership.code, dealership.slug, dealership.name):
            raise Refused(f"The code {new.code!r} or the address {new.slug!r} is taken.")
        return dealership.id, False
    dealership = Dealership(
        id=_next_id(Dealership),
        network_id=network_id,
        region_id=region_id,
        slug=new.slug,
        code=new.code,
        name=new.name,
        city=new.city,
        timezone=timezone,
    )
    db.session.add(dealership)
    return dealership.id, True


def _region(code: str, name: Text2) -> uuid.UUID:
    region = db.session.scalar(sa.select(Region).where(Region.code == code))
    if region is None:
        region = Region(code=code, name=name)
        db.session.add(region)
        db.session.flush()
    elif region.name != name:
        raise Refused(f"The region {code!r} has another name.")
    return region.id


def _next_id(model: type[Network | Dealership]) -> int:
    """The application's database login may not use sequences; of two commands at the same
    moment the second is refused by the database."""
    return (db.session.scalar(sa.select(sa.func.max(model.id))) or 0) + 1


def _administers(email: str, network_id: int) -> bool:
    query = (
        sa.select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.email == email,
            Membership.network_id == network_id,
            Membership.role == Role.ADMIN.value,
            Membership.active,
        )
    )
    return db.session.scalar(query) is not None


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise Refused(
            f"{slug!r} cannot be part of an address: 2 to 40 of a-z, 0-9, -, first a letter."
        )


def _check_codes(*codes: str) -> None:
    for code in codes:
        if not _CODE.fullmatch(code):
            raise Refused(f"{code!r} is no code: up to 16 of A-Z, 0-9, -.")


def _check_words(**texts: Text2) -> None:
    for what, text in texts.items():
        if not all(text[language].strip() for language in ("zh", "en")):
            raise Refused(f"The {what} is needed in Chinese and in English.")


def _check_timezone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise Refused(f"{name!r} is no time zone; one is Asia/Shanghai.")
