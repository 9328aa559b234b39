"""Pages and fragments, redirects, paging, and the one transaction of a request."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from csiapp.core.db import writing
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.relay import send_soon

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READS_ONLY = "_csiapp_reads_only"
Row = TypeVar("Row")
Other = TypeVar("Other")
View = TypeVar("View", bound=Callable[..., Any])


class App(Flask):
    """Flask, with one transaction per unsafe request: committed when the answer is below
    400, rolled back otherwise, inside the error handling. Safe requests never commit, nor do
    those of views that only read."""

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if writing.get() and response.status_code < 400:
            db.session.commit()
            promised: list[uuid.UUID] = db.session.info.pop("promised_jobs", [])
            if promised:
                db.session.close()
                send_soon(promised)
        else:
            db.session.rollback()
        return response


def reads_only(view: View) -> View:
    """Mark a view that is sent a file only to look into it. While it works, others may write."""
    setattr(view, READS_ONLY, True)
    return view


@contextmanager
def taken_back() -> Iterator[None]:
    """Within a view that only reads: what this block writes is not there after it."""
    db.session.rollback()
    token = writing.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        writing.reset(token)


def begin_request() -> None:
    """Unsafe requests take the write lock of SQLite at their first statement."""
    view = current_app.view_functions.get(request.endpoint or "")
    writing.set(request.method not in SAFE_METHODS and not getattr(view, READS_ONLY, False))


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page (not when it restores history)."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted


def asked_by_tablet() -> bool:
    """Whether a script of the tablet asks: with a header that no form of another site can send."""
    return request.headers.get("X-Requested-With") == "csiapp"


def render_page(
    page: str, fragment: str | None = None, /, *, status: int = 200, **context: Any
) -> Response:
    """The page, or only its fragment file for htmx. Both get the same context."""
    partial = fragment is not None and wants_fragment()
    template = fragment if partial and fragment else page
    body = render_template(template, partial=partial, **context)
    if partial:
        body += render_template("layouts/_toasts.html")  # flashed messages, out of band
    return make_response(body, status)


def redirect_to(url: str) -> Response:
    """Go to another page of ours: 303, or HX-Redirect for htmx."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    found = redirect(url, 303)
    return make_response(found)


def toast(message: str, category: str = "success") -> None:
    """A short message on the next page or fragment: success, info, warning or danger."""
    flash(message, category)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list. `total` counts all rows."""

    items: Sequence[Row]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def of(self, items: Sequence[Other]) -> Page[Other]:
        """The same page of the same list, with what is shown of each row."""
        return Page(items, self.number, self.per_page, self.total)


def whole_number(text: str, most: int = 99_999) -> int | None:
    """The number from 0 to `most` that a text spells in the digits 0 to 9, or None."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None


def page_number() -> int:
    """`?page=` of the request; anything odd is page 1."""
    return whole_number(request.args.get("page", ""), most=9_999) or 1


def page_of(
    statement: sa.Select[*tuple[Any, ...]],
    number: int,
    per_page: int = 25,
    *,
    scalars: bool = True,
) -> Page[Any]:
    """One page of a statement in two queries. A page past the end is NotFound."""
    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    part = statement.limit(per_page).offset((number - 1) * per_page)
    rows: Sequence[Any] = (
        db.session.scalars(part).all() if scalars else db.session.execute(part).all()
    )
    return _there(Page(rows, number, per_page, total))


def page_in(rows: Sequence[Row], number: int, per_page: int) -> Page[Row]:
    """One page of rows that are all at hand. A page past the end is NotFound."""
    start = (number - 1) * per_page
    return _there(Page(rows[start : start + per_page], number, per_page, len(rows)))


def _there(page: Page[Row]) -> Page[Row]:
    if page.number > page.pages:
        raise NotFound
    return page


def safe_next(target: str | None) -> str | None:
    """A path of ours to go on to, or None. One leading slash, no host, no control characters."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or any(ord(c) < 32 or ord(c) == 127 for c in target) or len(target) > 2000:
        return None
    return target
