"""What every template keeps: the CSP, forms that work without scripts, known icons, size."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from config import load_settings
from csiapp.accounts.navigation import NAV
from csiapp.app import create_app
from csiapp.core.ui import Components

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if "pdf" not in path.relative_to(TEMPLATES).parts
)
LONGEST = 150
# Filters that leave HTML unescaped: file -> why it is safe there.
UNESCAPED: dict[str, str] = {}

CLASS_WORD = r"class=\"(?:[^\"]*\s)?"
KIT_COLOUR = r"(?:primary|secondary|success|danger|warning|info|light|dark|muted|white|black)"

REFUSED = {
    r"\sstyle\s*=": "a style attribute breaks the CSP",
    r"<style\b": "a style element breaks the CSP",
    r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))": "an inline script breaks the CSP",
    r"\son[a-z]+\s*=\s*[\"']": "an inline event handler breaks the CSP",
    r"\bhx-on\b": "hx-on needs unsafe-eval",
    r"[\"']\s*(?:js|javascript):": "js: values need unsafe-eval",
    r"hx-trigger[\"']?\s*[=:]\s*[\"'][^\"']*\[": "trigger filters need unsafe-eval",
    r"\bhx-boost\b": "links are plain links",
    r"\{%-?\s*set\s+_\s": "this hides gettext",
    r"<form\b(?![^>]*\b(?:action=|method=\"dialog\"))": "a form without action needs scripts",
    r"<form\b(?![^>]*\bmethod=)": "a form says its method",
    rf"{CLASS_WORD}(?:text|bg|border)-{KIT_COLOUR}(?![\w-])": (
        "Bootstrap's colour classes do not follow our themes"
    ),
    rf"{CLASS_WORD}(?:alert|badge|btn-outline-\w+|btn-secondary|btn-success)(?![\w-])": (
        "use ui.notice, ui.badge, ui.button"
    ),
}
FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
INCLUDED = re.compile(r"{%-?\s*include\s+\"([^\"]+)\"")
TOKEN = re.compile(r"ui\.csrf\(\)|csrf_token|form\.hidden_tag\(\)")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("data")
    app = create_app(
        load_settings(
            {
                "CSIAPP_ENV": "test",
                "CSIAPP_DATA_DIR": str(folder),
                "DATABASE_URL": f"sqlite:///{folder}/none.db",
                "VALKEY_URL": f"unix://{folder}/none.sock",
            }
        )
    )
    return app.jinja_env


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_holds_nothing_refused(path: Path) -> None:
    text = without_comments(path)
    assert [why for pattern, why in REFUSED.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_form_that_changes_something_carries_a_csrf_token(path: Path) -> None:
    for form in FORM.findall(without_comments(path)):
        included = [without_comments(TEMPLATES / name) for name in INCLUDED.findall(form)]
        assert TOKEN.search("".join([form, *included])), form[:200]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_is_short_and_compiles(path: Path, environment: Environment) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST
    environment.get_template(name_of(path))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_is_left_unescaped_without_a_reason(path: Path) -> None:
    unescaped = re.search(r"\|\s*safe\b|\bautoescape\s+false\b", without_comments(path))
    assert not unescaped or name_of(path) in UNESCAPED


def called(tree: nodes.Template, namespace: str) -> Iterator[tuple[str, nodes.Call]]:
    for call in tree.find_all(nodes.Call):
        target = call.node
        if not isinstance(target, nodes.Getattr) or not isinstance(target.node, nodes.Name):
            continue
        if target.node.name == namespace:
            yield target.attr, call


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_component_that_is_called_exists(path: Path, environment: Environment) -> None:
    components = environment.globals["ui"]
    assert isinstance(components, Components)
    tree = environment.parse(path.read_text("utf-8"))
    for name, _ in called(tree, "ui"):
        assert callable(getattr(components, name)), name


def icons_named_in(text: str, tree: nodes.Template) -> set[str]:
    """Icons in ui.icon("x"), icon="x" and icon_after="x", with both sides of a choice."""
    named = set(re.findall(r"\bicon(?:_after)?=\"([a-z0-9-]+)\"", text))
    for name, call in called(tree, "ui"):
        if name in {"icon", "icon_button", "icon_link"} and call.args:
            named |= {const.value for const in constants(call.args[0])}
    return named


def constants(node: nodes.Expr) -> Iterator[nodes.Const]:
    if isinstance(node, nodes.Const):
        yield node
    elif isinstance(node, nodes.CondExpr):
        yield from constants(node.expr1)
        if node.expr2 is not None:
            yield from constants(node.expr2)


def test_every_icon_used_is_in_the_sprite(environment: Environment) -> None:
    sprite = set(tomllib.loads((ROOT / "assets.toml").read_text("utf-8"))["icons"]["names"])
    used = set()
    for path in PAGES:
        text = path.read_text("utf-8")
        used |= icons_named_in(text, environment.parse(text))
    # The icons of state badges stand in tuples: ("ok", "check", ...).
    for path in (TEMPLATES / "components").glob("*.html"):
        text = path.read_text("utf-8")
        used |= set(re.findall(r"\(\"\w+\", \"([a-z0-9-]+)\", _\(", text))
    used |= {entry.icon for entries in NAV.values() for entry in entries}
    assert used - sprite == set()


def test_the_reader_of_icons_sees_each_way_of_naming_one() -> None:
    text = """{{ ui.icon("a" if x else "b") }}{{ ui.icon_button("c", _("d")) }}
    {{ ui.link_button("e", url, icon="f", icon_after="g") }}"""
    assert icons_named_in(text, Environment(extensions=["jinja2.ext.i18n"]).parse(text)) == {
        "a", "b", "c", "f", "g",
    }  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<i hx-on:click="x">',
        """<i hx-vals='js:{a: 1}'>""",
        '<i hx-trigger="click[ctrlKey]">',
        '{{ ui.attributes({"hx-trigger": "change[x]"}) }}',
        "{% set _ = 1 %}",
        '<form method="post">',
        '<form action="/x">',
        '<p class="mb-0 text-danger">',
        '<span class="badge">',
    ],
)
def test_the_refusals_refuse(bad: str) -> None:
    assert [why for pattern, why in REFUSED.items() if re.search(pattern, bad)]


@pytest.mark.parametrize(
    "good",
    [
        '<script src="/x.js" defer></script>',
        '<script type="application/json" id="data">{{ data | tojson }}</script>',
        '<span class="badge-state badge-ok">',
        '<form class="stack" method="post" action="{{ url }}">',
        '<div class="text-center text-truncate border-0">',
        '<i hx-trigger="every 2s">',
    ],
)
def test_the_refusals_let_ordinary_markup_pass(good: str) -> None:
    assert [why for pattern, why in REFUSED.items() if re.search(pattern, good)] == []
