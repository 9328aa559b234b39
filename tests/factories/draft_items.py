"""How the verbs of a draft's items are reached, for the walk over all endpoints."""

from __future__ import annotations

from tests.support.access import Example


def draft_items(factor: str, step: str) -> dict[str, Example]:
    """The verbs of the draft's items, shown on a key factor, and the order of its steps."""
    this = {"own": {"level": "key_factor", "code": factor}}
    this |= {"foreign": {"level": "key_factor", "code": "NO-SUCH-CODE"}}
    fresh = Example(own={"level": "step"}, foreign={"level": "standard"})
    form = {"parent": f"{step}.1", "to": "up"}
    verbs = ("item", "save", "actions", "move", "place", "split", "retire")
    found = {f"standards_items.{verb}": Example(**this, form=form) for verb in verbs}
    found["standards_draft.order"] = Example(form={"move": f"{step}:down"})
    return found | {"standards_items.new": fresh, "standards_items.create": fresh}
