"""Changes of the dealership's standards: one transaction per verb, committed by the caller."""

from csiapp.standards.services.drafting import discard_draft, start_draft
from csiapp.standards.services.editing import (
    KeyFactorChange,
    StandardChange,
    StepChange,
    SubStepChange,
    mark_key_factor,
    save_key_factor,
    save_standard,
    save_step,
    save_sub_step,
)
from csiapp.standards.services.edits import undo
from csiapp.standards.services.publishing import (
    Terms,
    problems_of,
    publish,
    publish_waiting,
    unschedule,
)
from csiapp.standards.services.sets import copy_set
from csiapp.standards.services.structure import (
    add_item,
    move_item,
    order_steps,
    place_item,
    retire_item,
    split_item,
)

__all__ = [
    "KeyFactorChange",
    "StandardChange",
    "StepChange",
    "SubStepChange",
    "Terms",
    "add_item",
    "copy_set",
    "discard_draft",
    "mark_key_factor",
    "move_item",
    "order_steps",
    "place_item",
    "problems_of",
    "publish",
    "publish_waiting",
    "retire_item",
    "save_key_factor",
    "save_standard",
    "save_step",
    "save_sub_step",
    "split_item",
    "start_draft",
    "undo",
    "unschedule",
]
