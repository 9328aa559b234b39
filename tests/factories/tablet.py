"""A visit to fill in, and a tablet that fills it in over HTTP with its token."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from csiapp.audits.form_content import build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import template_content
from csiapp.audits.models import FormTemplate, FormVersion, Visit
from csiapp.audits.services.evidence import CHUNK
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope, ScopeKind
from csiapp.core.web import App
from csiapp.reference import loader
from csiapp.standards.content import content_sha256
from csiapp.standards.factors import factor_model_content
from csiapp.standards.models import FactorModel, StandardSet, StandardVersion
from tests.factories import standards
from tests.factories.standards import reference_content
from tests.factories.world import World, today


@contextmanager
def at_work(app: App, scope: Scope) -> Iterator[None]:
    """A committed unit of work under a scope, from outside an app context."""
    with app.app_context(), standards.at_work(scope):
        yield


@functools.cache
def visit_form() -> FormContent:
    """The reference visit form on the reference standards."""
    template = template_content(loader.form_templates(), "visit")
    model = factor_model_content(loader.primary_factor_model())
    return build_form_content(template, reference_content(), model)


@functools.cache
def visit_form_sha256() -> str:
    return content_sha256(visit_form())


def freeze_form(
    app: App, world: World, dealership: str = "near", person: str = "manager"
) -> uuid.UUID:
    """A frozen form of the dealership, without the tree of standards behind it."""
    content = visit_form()
    names = {"code": "X", "number": 1, "name": content["name"], "content": {}, "sha256": "0" * 64}
    with at_work(app, world.network()):
        model = FactorModel(**names)
        template = FormTemplate(kind="visit", **names)
        db.session.add_all([model, template])
        db.session.flush()
        ids = {"factor_model_id": model.id, "template_id": template.id}
    with at_work(app, world.tenant(dealership, person)):
        owner = StandardSet(code="X", name=content["name"])
        db.session.add(owner)
        db.session.flush()
        version = StandardVersion(set_id=owner.id, number=1, state="published")
        db.session.add(version)
        db.session.flush()
        form = FormVersion(
            code=content["code"],
            kind="visit",
            number=1,
            name=content["name"],
            standard_version_id=version.id,
            content=content,
            sha256=content_sha256(content),
            **ids,
        )
        db.session.add(form)
        db.session.flush()
        return form.id


def assign(
    app: App,
    world: World,
    form_id: uuid.UUID,
    *,
    dealership: str = "near",
    person: str = "manager",
    **values: Any,
) -> uuid.UUID:
    """A visit of this form, by default under way and due in ten days."""
    day = today()
    days = {"opens_on": day - dt.timedelta(2), "due_on": day + dt.timedelta(10)}
    settings = {"shopper_id": world.people["shopper"], "scenario": "SC1", "state": "in_progress"}
    taken = (settings | values)["state"] not in ("assigned", "unassigned")
    briefed = {"briefed_at": utcnow()} if taken else {}
    with at_work(app, world.tenant(dealership, person)):
        visit = Visit(form_version_id=form_id, **days | settings | briefed | values)
        db.session.add(visit)
        db.session.flush()
        return visit.id


def visit_scope(world: World, visit_id: uuid.UUID, shopper: str = "shopper") -> Scope:
    return Scope(
        ScopeKind.VISIT,
        world.networks["near"],
        actor=world.people[shopper],
        tenant_id=world.dealerships["near"],
        visit_id=visit_id,
        shopper_id=world.people[shopper],
    )


def rows_of(
    app: App, world: World, model: Any, dealership: str = "near", person: str = "manager"
) -> list[Any]:
    """All rows of a tenant's table, loaded and detached."""
    with at_work(app, world.tenant(dealership, person)):
        found = list(db.session.scalars(sa.select(model).order_by(model.id)))
        db.session.expunge_all()
        return found


def jpeg(width: int = 320, height: int = 240, colour: str = "teal", **save: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG", **save)
    return buffer.getvalue()


def noisy_jpeg(size: int) -> bytes:
    """A JPEG larger than `size` bytes, so that it needs several chunks."""
    side = 64
    while True:
        noise = Image.effect_noise((side, side), 90)
        buffer = io.BytesIO()
        noise.save(buffer, "JPEG", quality=95)
        if buffer.tell() > size:
            return buffer.getvalue()
        side *= 2


@dataclass
class Tablet:
    """One device with the token of one visit."""

    app: App
    visit_id: uuid.UUID
    token: str
    device: str = "tablet-a"
    seq: int = 0
    sent: list[str] = field(default_factory=list)

    def event(self, name: str, value: Any, /, **changes: Any) -> dict[str, Any]:
        self.seq += 1
        made = {
            "id": str(new_id()),
            "device": self.device,
            "seq": self.seq,
            "field": name,
            "value": value,
            "ts": "2026-08-01T10:00:00+08:00",
            "form_sha256": visit_form_sha256(),
        }
        return made | changes

    @property
    def _client(self) -> FlaskClient:
        client = self.app.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return client

    def url(self, path: str) -> str:
        return f"/api/v/{self.visit_id}/{path}"

    def post(self, path: str, body: Any) -> TestResponse:
        return self._client.post(self.url(path), json=body)

    def send(self, *events: dict[str, Any]) -> TestResponse:
        self.sent += [event["id"] for event in events]
        return self.post("events", {"events": list(events)})

    def answer(self, values: dict[str, Any]) -> None:
        """Send these fields in batches; all must be kept."""
        events = [self.event(name, value) for name, value in values.items()]
        for start in range(0, len(events), 50):
            answer = self.send(*events[start : start + 50])
            assert answer.status_code == 200, answer.text
            assert answer.json["rejected"] == []

    def progress(self, sha256: str) -> TestResponse:
        return self._client.get(self.url(f"photos/{sha256}"))

    def patch(
        self, sha256: str, data: bytes, offset: int, total: int, taken: str = ""
    ) -> TestResponse:
        headers = {"X-Offset": str(offset), "X-Total": str(total), "X-Taken": taken}
        return self._client.patch(self.url(f"photos/{sha256}"), data=data, headers=headers)

    def upload(self, data: bytes, sha256: str | None = None, taken: str = "") -> str:
        """All chunks in order; returns the hash."""
        sha256 = sha256 or hashlib.sha256(data).hexdigest()
        for offset in range(0, len(data), CHUNK):
            part = data[offset : offset + CHUNK]
            answer = self.patch(sha256, part, offset, len(data), taken)
            assert answer.status_code == 200, answer.text
        return sha256

    def submit(self, submit_id: str | None = None, **manifest: Any) -> TestResponse:
        body = {"events": self.sent, "photos": []} | manifest
        return self.post("submit", {"submit_id": submit_id or str(new_id()), **body})


def tablet_of(
    client: FlaskClient, app: App, visit_id: uuid.UUID, device: str = "tablet-a"
) -> Tablet:
    """A tablet whose token was minted by this signed-in client."""
    answer = client.post(f"/v/{visit_id}/token", headers={"X-Requested-With": "csiapp"})
    assert answer.status_code == 200, answer.text
    return Tablet(app, visit_id, answer.json["token"], device)
