"""Jobs of audits."""

from __future__ import annotations

import uuid

from csiapp.audits.services.forms import build_forms
from csiapp.core.jobs import task


@task("audits.build_forms")
def build_forms_of(standard_version_id: str) -> None:
    """After standards were published: freeze the audit forms that ask them."""
    build_forms(uuid.UUID(standard_version_id))
