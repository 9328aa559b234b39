"""A whole set from a file becomes the draft: all of it, or nothing.

A trial does exactly what the import does and takes it back, so that what a manager is shown is
what will happen.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from csiapp.core.errors import Conflict, DomainError
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.content import StandardsContent, content_sha256, standards_in
from csiapp.standards.exchange.findings import Finding, Reading, Spot
from csiapp.standards.levels import LEVELS, Item, Level, is_local
from csiapp.standards.models import Standard, StandardVersion
from csiapp.standards.rows import rows_of
from csiapp.standards.services.drafting import start_draft
from csiapp.standards.services.editing import LOCKED_FIELDS
from csiapp.standards.services.edits import editing
from csiapp.standards.services.points import share_out
from csiapp.standards.services.replacing import RowsByCode, replace_rows, rows_by_code

_FIELD_OF = {"measure_type": "type", "operator": "op"}
_KEPT = frozenset({"locked", "points"})
"""Columns that a file does not decide."""
_TEXTS = {
    "step": ("name", "purpose"),
    "sub_step": ("name",),
    "key_factor": ("name", "customer_demand"),
    "standard": ("statement",),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What an import would do: the set before and after, or why it cannot be. `seen` stands for
    the version that it was tried on."""

    before: StandardsContent
    after: StandardsContent | None
    findings: tuple[Finding, ...]
    refusal: str = ""
    seen: str = ""


def base_version(set_id: uuid.UUID) -> StandardVersion | None:
    """What an import is compared with: the draft, else the version in force."""
    return queries.draft_version(set_id) or queries.published_version(set_id)


def seen_of(version: StandardVersion) -> str:
    """Stands for what somebody saw: another version, or a later edit of the draft, is another."""
    return content_sha256([str(version.id), version.edit])[:16]


def try_import(set_id: uuid.UUID, reading: Reading) -> Trial:
    """What importing this would do. Nothing is kept of it."""
    base = _base(set_id)
    before, seen = queries.version_content(base), seen_of(base)
    if reading.content is None:
        return Trial(before, None, reading.findings)
    findings = tuple(_refusals(base, reading.content, reading.spots))
    if findings:
        return Trial(before, None, findings)
    attempt = db.session.begin_nested()
    try:
        draft = _replace(set_id, reading.content)
        after = queries.version_content(draft)
    except DomainError as error:
        return Trial(before, None, (), str(error.message))
    finally:
        attempt.rollback()
        db.session.expire_all()
    return Trial(before, after, (), seen=seen)


def import_set(set_id: uuid.UUID, reading: Reading, seen: str) -> StandardVersion:
    """Make the draft what was read; begins one where there is none. One step to undo.

    Raises Conflict when the set is not as it was seen, or what was read is not fit any more.
    """
    base = _base(set_id)
    if seen_of(base) != seen:
        raise Conflict(_("The draft changed meanwhile. Check the file again."))
    if reading.content is None or any(_refusals(base, reading.content, reading.spots)):
        raise Conflict(_("The file does not fit any more. Check it again."))
    return _replace(set_id, reading.content)


def _base(set_id: uuid.UUID) -> StandardVersion:
    base = base_version(set_id)
    if base is None:
        raise Conflict(_("This set has no version yet. Start a draft first."))
    return base


# ---------------------------------------------------------------------------------- the rows


def _replace(set_id: uuid.UUID, content: StandardsContent) -> StandardVersion:
    draft = queries.draft_version(set_id) or start_draft(set_id)
    there = rows_by_code(queries.load_steps(draft.id))
    kept = {code for code, row in there.levels["standard"].items() if _is_locked(row)}
    master = queries.master_of(draft).content
    locked = kept | {
        p.standard["code"]
        for p in standards_in(master)  # type: ignore[arg-type]  # JSON as it is stored
        if p.standard["critical"] and p.standard["code"] not in there.levels["standard"]
    }
    wanted = rows_of(content, draft.id, locked)
    with editing(set_id, "set_imported", "standard_version") as edit:
        factors = replace_rows(edit, there, wanted, keeping=_KEPT)
        for factor in sorted(factors):
            share_out(edit, factor)
    return draft


def _is_locked(row: Item) -> bool:
    return isinstance(row, Standard) and row.locked


# ------------------------------------------------------------------------------ what may not be


def _refusals(
    base: StandardVersion, content: StandardsContent, spots: Mapping[str, Spot]
) -> Iterator[Finding]:
    master = queries.master_of(base).content
    frame = {name: value for name, value in content.items() if name != "steps"}
    if content_sha256(frame) != content_sha256({k: v for k, v in master.items() if k != "steps"}):
        yield Finding(Spot("set"), "frame_differs")
    there = rows_by_code(queries.load_steps(base.id))
    known = _codes(master)
    levels: Sequence[Sequence[Item]] = rows_of(content, base.id, ())
    wanted = dict(zip(LEVELS, levels, strict=True))
    parents = {row.id: row.code for rows in wanted.values() for row in rows}
    for name, rows in wanted.items():
        for row in rows:
            spot = spots[row.code]
            yield from _level_refusals(row, LEVELS[name], spot, there, known)
            present = there.levels[name].get(row.code)
            if present is not None:
                yield from _loss(present, row, name, spot)
            if isinstance(row, Standard):
                yield from _standard_refusals(row, present, spot, known)
            if isinstance(row, Standard) and isinstance(present, Standard) and present.locked:
                yield from _locked_refusals(there, present, row, parents, spot)
    codes = {row.code for row in wanted["standard"]}
    for code, present in there.levels["standard"].items():
        if _is_locked(present) and code not in codes:
            yield Finding(Spot("standards"), "locked_missing", "code", {"value": code})


def _codes(master: Mapping[str, Any]) -> dict[str, str]:
    """Code -> level of the network's items."""
    found: dict[str, str] = {}
    for step in master["steps"]:
        found[step["code"]] = "step"
        for sub_step in step["sub_steps"]:
            found[sub_step["code"]] = "sub_step"
            for factor in sub_step["key_factors"]:
                found[factor["code"]] = "key_factor"
                found |= {standard["code"]: "standard" for standard in factor["standards"]}
    return found


def _level_refusals(
    row: Item, level: Level, spot: Spot, there: RowsByCode, known: Mapping[str, str]
) -> Iterator[Finding]:
    stands = there.level_of(row.code) or known.get(row.code)
    if stands not in (None, level.name):
        yield Finding(spot, "other_level", "code", {"value": row.code})
    elif stands is None and not (is_local(row.code) and row.code[1] == level.letter):
        yield Finding(spot, "own_code", "code", {"value": f"L{level.letter}1"})


def _loss(present: Item, row: Item, level: str, spot: Spot) -> Iterator[Finding]:
    for name in _TEXTS[level]:
        for language, text in getattr(present, name).items():
            if text and not getattr(row, name).get(language):
                yield Finding(spot, "text_lost", f"{name}.{language}")


def _standard_refusals(
    row: Standard, present: Item | None, spot: Spot, known: Mapping[str, str]
) -> Iterator[Finding]:
    own = present.local if isinstance(present, Standard) else row.code not in known
    if row.local != own:
        yield Finding(spot, "local_wrong", "local")


def _locked_refusals(
    there: RowsByCode,
    present: Standard,
    row: Standard,
    parents: Mapping[uuid.UUID, str],
    spot: Spot,
) -> Iterator[Finding]:
    for field in LOCKED_FIELDS:
        if getattr(present, field) != getattr(row, field):
            yield Finding(spot, "locked_changed", _FIELD_OF.get(field, field))
    held = next(c for c, r in there.levels["key_factor"].items() if r.id == present.key_factor_id)
    if parents[row.key_factor_id] != held:
        yield Finding(spot, "locked_moved", "key_factor")
