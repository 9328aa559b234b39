"""What a change of a draft was, in the words of the button that undoes it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

VERBS = {
    "steps_ordered": _l("order of the steps"),
    "step_edited": _l("edited step %(code)s"),
    "sub_step_edited": _l("edited sub-step %(code)s"),
    "key_factor_edited": _l("edited key factor %(code)s"),
    "key_factor_marked": _l("mark of key factor %(code)s"),
    "standard_edited": _l("edited standard %(code)s"),
    "item_added": _l("added %(code)s"),
    "item_moved": _l("moved %(code)s"),
    "item_split": _l("copied %(code)s"),
    "item_retired": _l("retired %(code)s"),
    "set_imported": _l("imported a file"),
    "master_merged": _l("merged the newer edition"),
}


def edit_words(verb: str, code: str) -> str:
    """Such as "edited standard ST020101"."""
    words = VERBS.get(verb)
    return str(words) % {"code": code} if words is not None else f"{verb} {code}".strip()
