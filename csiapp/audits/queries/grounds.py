"""The published standards that a form grows from: a dealership's sets, or the network's masters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from csiapp.audits.builder.growing import placed_by_code
from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.tenancy import ScopeKind, current_scope
from csiapp.standards import queries as standards
from csiapp.standards.content import Placed, StandardsContent
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import FactorModel, MasterVersion, StandardSet, StandardVersion


@dataclass(frozen=True, slots=True)
class Ground:
    """Published standards, and what they are weighted by. `owner` is the dealership's set; a
    master has none."""

    name: Text2
    number: int
    owner: StandardSet | None
    content: StandardsContent
    placed: dict[str, Placed]
    model: FactorModelContent
    observed: dict[str, str]

    @property
    def factors(self) -> list[str]:
        return [factor["code"] for factor in self.model["factors"]]


def in_network() -> bool:
    """Whether the forms of the scope are a network's, and not one dealership's."""
    return current_scope().kind is ScopeKind.NETWORK


def offered_sets() -> dict[str, Text2]:
    """The sets of the scope with published standards, by code, the oldest first."""
    if in_network():
        return {edition.code: edition.name for edition in reversed(standards.master_editions())}
    return {at.set.code: at.set.name for at in standards.sets_at_work() if at.published}


def names_of_sets() -> dict[str, Text2]:
    """All sets of the scope, by code."""
    if in_network():
        return offered_sets()
    return {found.code: found.name for found in standards.sets()}


def ground_of(set_code: str) -> Ground | None:
    """The published standards of a set of the scope; None before the first publication."""
    if in_network():
        return _of_master(set_code)
    owner = next((found for found in standards.sets() if found.code == set_code), None)
    version = standards.published_version(owner.id) if owner else None
    if owner is None or version is None:
        return None
    content = standards.version_content(version)
    return _ground(owner.name, version, owner, content, standards.factor_model_of(version))


def _of_master(code: str) -> Ground | None:
    try:
        master = standards.latest_master(code)
    except NotFound:
        return None
    content = cast(StandardsContent, master.content)
    return _ground(master.name, master, None, content, standards.factor_model(content["model"]))


def _ground(
    name: Text2,
    version: StandardVersion | MasterVersion,
    owner: StandardSet | None,
    content: StandardsContent,
    model: FactorModel,
) -> Ground:
    observed = version.observed if isinstance(version, StandardVersion) else {}
    weights = cast(FactorModelContent, model.content)
    return Ground(name, version.number, owner, content, placed_by_code(content), weights, observed)
