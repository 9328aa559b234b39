"""One change of a draft at a time: what it touched is kept as it was, so it can be undone.

Every change of a draft's items goes through :func:`editing`. It holds the draft, keeps the rows
as they were, counts up the draft's `edit` and writes the activity log. Undoing takes back the
newest change that is left; it leaves nothing to undo itself, so pressing again goes further back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.db import Exact
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.i18n import day
from csiapp.core.tenancy import current_scope
from csiapp.standards.levels import LEVELS, Item, level_of
from csiapp.standards.models import DraftEdit, StandardVersion
from csiapp.standards.queries import last_edit
from csiapp.standards.services.drafting import locked_draft

_VERSION = "version"
"""The level of the draft itself, beside those of its items."""
_OF_THE_DRAFT = frozenset({"tenant_id", "network_id", "version_id"})


class Edit:
    """The change that is being made. Rows are changed, added and removed through it alone."""

    def __init__(self, draft: StandardVersion) -> None:
        self.draft = draft
        self.detail: dict[str, Any] = {}
        self._kept: dict[uuid.UUID, dict[str, Any]] = {}

    @property
    def before(self) -> list[dict[str, Any]]:
        """What was touched, in this order. `row` holds the old values of a changed row, all
        values of a removed one (`gone`), and is None for an added one."""
        return list(self._kept.values())

    def change(self, row: Item, **values: Any) -> list[str]:
        """Set these columns; gives the names of those that differ from what was there."""
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if not changed:
            return []
        kept = self._kept.setdefault(row.id, self._entry(row, {}))
        for name in changed:
            if kept["row"] is not None:
                kept["row"].setdefault(name, _plain(getattr(row, name)))
            setattr(row, name, values[name])
        return changed

    def add(self, *rows: Item) -> None:
        """New rows of one level; the items above them are there already."""
        for row in rows:
            row.version_id = self.draft.id
        db.session.add_all(rows)
        db.session.flush()
        for row in rows:
            self._kept[row.id] = self._entry(row, None)

    def remove(self, row: Item) -> None:
        """Take a row out; the items below it are gone already."""
        changed = self._kept.pop(row.id, self._entry(row, {}))
        values = {name: _plain(value) for name, value in columns_of(row).items()} | changed["row"]
        self._kept[row.id] = {**self._entry(row, values), "gone": True}
        db.session.delete(row)
        db.session.flush()

    def change_master(self, master_id: uuid.UUID) -> None:
        """Let the draft go back to another edition of the network's standards."""
        kept = {"level": _VERSION, "id": str(self.draft.id)}
        self._kept[self.draft.id] = {**kept, "row": {"master_id": _plain(self.draft.master_id)}}
        self.draft.master_id = master_id

    @staticmethod
    def _entry(row: Item, values: dict[str, Any] | None) -> dict[str, Any]:
        return {"level": level_of(row).name, "id": str(row.id), "row": values}


def columns_of(row: Item) -> dict[str, Any]:
    """A row's values, but for those that are the same in the whole draft."""
    names = [column.key for column in type(row).__table__.columns]
    return {name: getattr(row, name) for name in names if name not in _OF_THE_DRAFT}


@contextmanager
def editing(set_id: uuid.UUID, verb: str, kind: str, code: str = "") -> Iterator[Edit]:
    """Change the set's draft: `verb` is what the log and the undo button say, `code` the item's.

    A change that touches nothing leaves no trace. Raises Conflict without a draft, and when it
    waits for its day of publication.
    """
    edit = Edit(_open_draft(set_id))
    yield edit
    if not edit.before:
        return
    draft = edit.draft
    draft.edit += 1
    code = edit.detail.get("code", code)
    db.session.add(
        DraftEdit(
            version_id=draft.id,
            number=draft.edit,
            verb=verb,
            code=code,
            before=edit.before,
            made_by=current_scope().actor,
        )
    )
    db.session.flush()
    detail = {"version": str(draft.id), "edit": draft.edit, "code": code, **edit.detail}
    record(f"standards.{verb}", kind, code or str(draft.id), detail)


def undo(set_id: uuid.UUID, number: int) -> DraftEdit:
    """Take back the newest change, which the person saw as `number`; gives what it was.

    Every row is as it was before, under the same id. Raises Conflict when there is none, or
    when somebody made another meanwhile.
    """
    draft = _open_draft(set_id)
    last = last_edit(draft.id)
    if last is None:
        raise Conflict(_("There is nothing to undo."))
    if last.number != number:
        raise Conflict(_("Somebody else changed the draft meanwhile. Look before you undo."))
    for (level, kind), entries in groupby(reversed(last.before), key=_kind_of):
        _restore(draft, level, kind, list(entries))
        db.session.flush()
    draft.edit += 1
    db.session.delete(last)
    db.session.flush()
    detail = {"version": str(draft.id), "edit": draft.edit, "code": last.code, "undone": last.verb}
    record("standards.edit_undone", "standard_version", draft.id, detail)
    return last


def _open_draft(set_id: uuid.UUID) -> StandardVersion:
    draft = locked_draft(set_id)
    if draft.publish_on is not None:
        raise Conflict(
            _(
                "This draft waits to be published on %(date)s. Take that back to change it.",
                date=day(draft.publish_on),
            )
        )
    return draft


def _kind_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    if entry["row"] is None:
        return entry["level"], "added"
    return entry["level"], "removed" if entry.get("gone") else "changed"


def _restore(
    draft: StandardVersion, level: str, kind: str, entries: list[Mapping[str, Any]]
) -> None:
    if level == _VERSION:
        for entry in entries:
            draft.master_id = uuid.UUID(entry["row"]["master_id"])
        return
    model: Any = LEVELS[level].model
    if kind == "removed":
        for entry in entries:
            db.session.add(model(version_id=draft.id, **_typed(model, entry["row"])))
        return
    wanted = [uuid.UUID(entry["id"]) for entry in entries]
    rows = {row.id: row for row in db.session.scalars(sa.select(model).where(model.id.in_(wanted)))}
    for entry in entries:
        row = rows[uuid.UUID(entry["id"])]
        if kind == "added":
            db.session.delete(row)
            continue
        for name, value in _typed(model, entry["row"]).items():
            setattr(row, name, value)


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return str(value) if isinstance(value, Decimal | uuid.UUID) else value


def _typed(model: type[Item], values: Mapping[str, Any]) -> dict[str, Any]:
    """The column values that `_plain` wrote."""
    return {name: _value(model.__table__.c[name].type, value) for name, value in values.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(value)
    return Decimal(value) if isinstance(kind, Exact) else value
