"""How audit form templates come into a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csiapp.audits.form_template import FORM_KINDS, SET_KEY, template_content
from csiapp.audits.models import FormTemplate
from csiapp.audits.queries.forms import current_template, current_templates, named_set
from csiapp.core.activity import record
from csiapp.core.extensions import db
from csiapp.reference.loader import form_templates
from csiapp.standards.content import content_sha256


def install_form_templates() -> list[FormTemplate]:
    """Publish the four reference forms to the network (NETWORK scope), each with the set that it
    was told to ask."""
    document = form_templates()
    named = {found.code: named_set(found) for found in current_templates()}
    contents = [template_content(document, kind) for kind in FORM_KINDS]
    return [publish_template(asking(content, named.get(content["code"]))) for content in contents]


def asking(content: Mapping[str, Any], set_code: str | None) -> dict[str, Any]:
    """A template's content that asks this set; with None each dealership's main one."""
    other = {key: value for key, value in content.items() if key != SET_KEY}
    return other if set_code is None else {**other, SET_KEY: set_code}


def publish_template(content: dict[str, Any]) -> FormTemplate:
    """Publish a form's content to the network (NETWORK scope). The same content again changes
    nothing; other content under the same code becomes the next version. Dealerships build their
    form from it when their next visit is planned, or when they publish their standards."""
    latest, sha256 = current_template(content["code"]), content_sha256(content)
    if latest is not None and latest.sha256 == sha256:
        return latest
    template = FormTemplate(
        code=content["code"],
        kind=content["kind"],
        number=latest.number + 1 if latest else 1,
        name=content["name"],
        content=content,
        sha256=sha256,
    )
    db.session.add(template)
    db.session.flush()
    detail = {"code": template.code, "number": template.number, "sha256": sha256}
    record("form_template.installed", "form_template", template.id, detail)
    return template
