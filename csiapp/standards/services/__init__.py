"""Changes of the dealership's standards: one transaction per verb, committed by the caller."""

from csiapp.standards.services.drafting import discard_draft, start_draft
from csiapp.standards.services.editing import (
    StandardChange,
    mark_key_factor,
    move_step,
    order_steps,
    save_standard,
)
from csiapp.standards.services.publishing import problems_of, publish
from csiapp.standards.services.sets import copy_set

__all__ = [
    "StandardChange",
    "copy_set",
    "discard_draft",
    "mark_key_factor",
    "move_step",
    "order_steps",
    "problems_of",
    "publish",
    "save_standard",
    "start_draft",
]
