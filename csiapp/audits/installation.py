"""How audit form templates come into a network."""

from __future__ import annotations

from typing import Any

from csiapp.audits.form_template import FORM_KINDS, template_content
from csiapp.audits.models import FormTemplate
from csiapp.audits.queries.forms import current_templates
from csiapp.core.activity import record
from csiapp.core.extensions import db
from csiapp.reference.loader import form_templates
from csiapp.standards.content import content_sha256


def install_form_templates() -> list[FormTemplate]:
    """Publish the four reference forms to the network (NETWORK scope). The same content again
    changes nothing; other content under the same code becomes the next version."""
    document = form_templates()
    installed = {template.code: template for template in current_templates()}
    contents = [template_content(document, kind) for kind in FORM_KINDS]
    return [_install(content, installed.get(content["code"])) for content in contents]


def _install(content: dict[str, Any], latest: FormTemplate | None) -> FormTemplate:
    sha256 = content_sha256(content)
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
