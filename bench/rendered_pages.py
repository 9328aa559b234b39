"""The main pages against their own templates rendered from memory, in one process.

The context of a page is taken from a real request, once; rendering it again then asks the
database for nothing, which is checked. What a whole request needs beyond that is the cost of
sign-in, scope, queries and the framework.
"""

from __future__ import annotations

import contextlib
import contextvars
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Flask, before_render_template
from flask.ctx import AppContext
from jinja2 import Template
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.figures import Figures, geometric_mean, p50, p95, paired, ratio
from bench.stage import Page, Stage
from csiapp.core.web import App

ROUNDS = 60
Environ = dict[str, Any]


def measure(stage: Stage, cookies: dict[str, str]) -> Figures:
    """`page_<name>_ratio_p50` for each page, `page_ratio_p50` for the middle one of them."""
    figures: Figures = {}
    ratios = []
    for page in stage.pages():
        found = _measure(stage, page, cookies[page.person])
        ratios.append(found[f"page_{page.name}_ratio_p50"])
        figures |= found
    figures["page_ratio_p50"] = p50(ratios)
    figures["page_ratio_cpu_p50"] = p50(
        [figures[f"page_{p.name}_ratio_cpu"] for p in stage.pages()]
    )
    figures["page_ratio_worst"] = max(ratios)
    figures["page_ratio_geometric_mean"] = geometric_mean(ratios)
    return figures


def _measure(stage: Stage, page: Page, cookie: str) -> Figures:
    app = stage.app
    memory = Memory(app, environ_of(page.path, cookie))
    with counted_statements(stage.engine) as statements:
        same = memory.render()
    if statements or same != memory.body:
        raise RuntimeError(f"{page.name} cannot be rendered from memory: {statements[:3]}")

    def request() -> None:
        answer, status, _headers = run_wsgi_app(app.wsgi_app, environ_of(page.path, cookie))
        if not status.startswith("200"):
            raise RuntimeError(f"{page.path} answers {status}")
        b"".join(answer)

    with counted_statements(stage.engine) as statements:
        request()
    whole, rendering = paired(request, memory.render, ROUNDS)
    on_cpu = paired(request, memory.render, ROUNDS // 2, time.process_time)
    memory.close()
    prefix = f"page_{page.name}"
    return {
        f"{prefix}_statements": float(len(statements)),
        f"{prefix}_request_p50_ms": p50(whole),
        f"{prefix}_request_p95_ms": p95(whole),
        f"{prefix}_template_p50_ms": p50(rendering),
        f"{prefix}_ratio_p50": ratio(whole, rendering),
        f"{prefix}_ratio_cpu": ratio(*on_cpu),
    }


def environ_of(path: str, cookie: str, **more: Any) -> Environ:
    headers = {"Cookie": cookie, "Accept": "text/html"} if cookie else {}
    headers |= more.pop("headers", {})
    return EnvironBuilder(path, headers=headers, **more).get_environ()


class Memory:
    """A page's template and context, inside the request that they come from.

    That request stays open in a context of its own, so that others can be served meanwhile.
    """

    def __init__(self, app: App, environ: Environ) -> None:
        self._context = contextvars.copy_context()
        self._template: Template
        self._values: dict[str, Any]
        self.body = ""
        self._context.run(self._open, app, environ)

    def render(self) -> str:
        return self._context.run(self._template.render, self._values)

    def close(self) -> None:
        self._context.run(self._request.pop)

    def _open(self, app: App, environ: Environ) -> None:
        self._request: AppContext = app.request_context(environ)
        self._request.push()
        if app.preprocess_request() is not None:
            raise RuntimeError("the page wants something else first")
        with before_render_template.connected_to(self._keep, app):
            # the product's own version would end the transaction, and so expire the rows
            answer = app.make_response(Flask.dispatch_request(app))
        self.body = answer.get_data(as_text=True)

    def _keep(self, _app: Flask, template: Template, context: dict[str, Any], **_: Any) -> None:
        self._template, self._values = template, context


@contextlib.contextmanager
def counted_statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The SQL that is executed in the block."""
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
