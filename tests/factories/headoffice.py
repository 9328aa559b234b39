"""Published results of the network, written row by row below the services: any index, any
number of dealerships. What the services themselves leave behind is tested with
tests/factories/audits.py."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Region
from csiapp.audits.models import Finding, FormTemplate, FormVersion, Visit, VisitScore, Wave
from csiapp.core.db import new_id
from csiapp.standards.models import FactorModel, StandardSet, StandardVersion
from tests.factories.world import World

KINDS = {
    "MS-VISIT": "visit",
    "MS-PHONE": "phone",
    "MS-FACILITY": "facility",
    "MS-RECORDS": "records",
}
MODEL = "FIVE"
SHA = "0" * 64
FACTORS = {"SI": ("服务启动", "Initiation"), "SA": ("服务顾问", "Advisor")}


def both(text: str) -> dict[str, str]:
    return {"zh": f"中{text}", "en": text}


class Stage:
    """Writes through a connection of the database's owner, which may change between calls."""

    connection: sa.Connection

    def __init__(self, world: World) -> None:
        self._shopper = world.people["shopper"]
        self._network_of = {11: 1, 12: 1, 21: 2}
        self._numbers = itertools.count(1)
        self._model, self._template = cache(self._new_model), cache(self._new_template)
        self._form, self._standards = cache(self._new_form), cache(self._new_standards)

    def _add(self, table: Any, **values: Any) -> uuid.UUID:
        row_id = values.setdefault("id", new_id())
        self.connection.execute(sa.insert(table.__table__), values)
        return row_id

    def region(self, code: str, network: int = 1) -> uuid.UUID:
        return self._add(Region, network_id=network, code=code, name=both(f"Region {code}"))

    def dealership(
        self, number: int, *, name: str = "", region: uuid.UUID | None = None, network: int = 1
    ) -> int:
        self._network_of[number] = network
        self._add(
            Dealership,
            id=number,
            network_id=network,
            region_id=region,
            slug=f"extra-{number}",
            code=f"X{number}",
            name=both(name or f"Dealership {number}"),
            city=both("Testville"),
        )
        return number

    def place(self, dealership: int, region: uuid.UUID) -> None:
        self.connection.execute(
            sa.update(Dealership.__table__)
            .where(Dealership.__table__.c.id == dealership)
            .values(region_id=region)
        )

    def wave(self, code: str, starts_on: dt.date, network: int = 1) -> uuid.UUID:
        return self._add(
            Wave,
            network_id=network,
            code=code,
            name=both(f"Wave {code}"),
            starts_on=starts_on,
            ends_on=starts_on + dt.timedelta(days=30),
        )

    def visit(
        self,
        dealership: int,
        wave: uuid.UUID,
        *indices: int,
        form: str = "MS-VISIT",
        model: str = MODEL,
        state: str = "published",
        kinds: Sequence[str] = ("published",),
        **score: Any,
    ) -> tuple[uuid.UUID, uuid.UUID | None]:
        """A visit with a score revision for each index, of `kinds` in turn (the last goes on).
        The ids of the visit and of its newest score."""
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=next(self._numbers))
        own = {"tenant_id": dealership, "network_id": self._network_of[dealership]}
        visit_id = self._add(
            Visit,
            **own,
            wave_id=wave,
            form_version_id=self._form(dealership, form, model),
            shopper_id=self._shopper,
            scenario="",
            state=state,
            opens_on=at.date(),
            due_on=at.date(),
            submitted_at=at,
        )
        score_id = None
        for revision, index in enumerate(indices):
            kind = kinds[min(revision, len(kinds) - 1)]
            score_id = self._score(own, visit_id, revision, kind, index, **score)
        return visit_id, score_id

    def revise(self, dealership: int, visit_id: uuid.UUID, revision: int, index: int) -> None:
        """A further published revision of a visit's score."""
        own = {"tenant_id": dealership, "network_id": self._network_of[dealership]}
        self._score(own, visit_id, revision, "published", index)

    def _score(
        self,
        own: Mapping[str, int],
        visit_id: uuid.UUID,
        revision: int,
        kind: str,
        index: int,
        *,
        critical: int = 0,
        factors: Mapping[str, str | None] | None = None,
    ) -> uuid.UUID:
        return self._add(
            VisitScore,
            **own,
            visit_id=visit_id,
            revision=revision,
            kind=kind,
            raw="1",
            raw_index=index,
            final_index=index,
            grade="A",
            critical_failures=critical,
            compliance="1",
            factor_scores=dict(factors or {}),
            receipt={},
            sha256=SHA,
        )

    def finding(
        self, dealership: int, made: tuple[uuid.UUID, uuid.UUID | None], points: str, **values: Any
    ) -> None:
        visit_id, score_id = made
        given = {
            "question": "V017",
            "standard_code": "ST040302",
            "step_code": "S04",
            "key_factor_code": "KF0403",
            "courses": [],
            "score": "0",
            "critical": False,
            "gap": [],
        }
        self._add(
            Finding,
            tenant_id=dealership,
            network_id=self._network_of[dealership],
            visit_id=visit_id,
            score_id=score_id,
            points_lost=points,
            **{**given, **values},
        )

    def _new_model(self, network: int, code: str) -> uuid.UUID:
        factors = [
            {"code": factor, "name": {"zh": zh, "en": en}, "weight": 50, "indicators": []}
            for factor, (zh, en) in FACTORS.items()
        ]
        content = {"code": code, "factors": factors}
        values = {"number": 1, "name": both(code), "content": content, "sha256": SHA}
        return self._add(FactorModel, network_id=network, code=code, **values)

    def _new_template(self, network: int, code: str) -> uuid.UUID:
        values = {"number": 1, "name": both(code), "content": {}, "sha256": SHA}
        kind = KINDS[code]
        return self._add(FormTemplate, network_id=network, code=code, kind=kind, **values)

    def _new_standards(self, dealership: int) -> uuid.UUID:
        own = {"tenant_id": dealership, "network_id": self._network_of[dealership]}
        set_id = self._add(StandardSet, **own, code="TEST", name=both("Test"))
        return self._add(StandardVersion, **own, set_id=set_id, number=1)

    def _new_form(self, dealership: int, code: str, model: str) -> uuid.UUID:
        network = self._network_of[dealership]
        return self._add(
            FormVersion,
            tenant_id=dealership,
            network_id=network,
            code=code,
            kind=KINDS[code],
            number=next(self._numbers),
            name=both(code),
            template_id=self._template(network, code),
            standard_version_id=self._standards(dealership),
            factor_model_id=self._model(network, model),
            content={},
            sha256=SHA,
        )
