"""The page that all views of the editor answer with: the steps beside the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.queries import names_of
from csiapp.core.errors import NotFound
from csiapp.core.web import render_page
from csiapp.standards import queries
from csiapp.standards.services.structure import order_seen
from csiapp.standards.set_address import asked_set
from csiapp.standards.undo_wording import edit_words
from csiapp.standards.vocabulary import course_titles

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion


def the_draft() -> StandardVersion:
    """The draft of the asked set. Raises NotFound."""
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        raise NotFound(_("There is no draft. It was published or discarded; start a new one."))
    return draft


def list_context(draft: StandardVersion, selected: str) -> dict[str, Any]:
    """What the list of steps and the line above it show."""
    steps = queries.outline(draft.id)
    last = queries.last_edit(draft.id)
    return {
        "draft": draft,
        "steps": steps,
        "selected": selected,
        "seen": order_seen([step.code for step in steps]),
        "last": last,
        "last_words": edit_words(last.verb, last.code) if last else "",
        "people": names_of([last.made_by] if last else []),
        "shares": queries.language_shares(draft.id),
    }


def editor_page(
    draft: StandardVersion,
    code: str,
    *,
    status: int = 200,
    opened: dict[str, Any] | None = None,
    focus: str = "",
    announce: str = "",
) -> ResponseReturnValue:
    """The editor at a step; htmx gets the step alone, with the list of steps out of band.

    `opened` is a form that stands in its place on the page, `focus` the item where work goes on,
    `announce` what is spoken.
    """
    (tree,) = queries.load_steps(draft.id, code)
    return render_page(
        "standards/editor.html",
        "standards/_panel.html",
        status=status,
        step=tree,
        opened=opened or {},
        focus=focus,
        announce=announce,
        courses=course_titles(),
        published=queries.published_version(draft.set_id),
        **list_context(draft, code),
    )
