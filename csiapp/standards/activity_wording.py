"""What the activity log says of standards."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

describe(
    {
        "standards.master_installed": _l("installed the network's standards, edition %(number)s"),
        "standards.model_installed": _l("installed a factor model, edition %(number)s"),
        "standards.adopted": _l("adopted the network's standards"),
        "standards.set_copied": _l("made the standard set %(code)s as a copy"),
        "standards.draft_started": _l("started a draft of version %(number)s of the standards"),
        "standards.draft_discarded": _l("discarded the draft of version %(number)s"),
        "standards.steps_ordered": _l("put the service steps into another order"),
        "standards.key_factor_marked": _l("changed the mark of key factor %(code)s"),
        "standards.step_edited": _l("edited service step %(code)s"),
        "standards.sub_step_edited": _l("edited sub-step %(code)s"),
        "standards.key_factor_edited": _l("edited key factor %(code)s"),
        "standards.item_added": _l("added %(code)s to the draft of the standards"),
        "standards.item_moved": _l("moved %(code)s in the draft of the standards"),
        "standards.item_split": _l("made a copy of %(code)s in the draft of the standards"),
        "standards.item_retired": _l("retired %(code)s from the draft of the standards"),
        "standards.edit_undone": _l("undid a change of the draft of the standards"),
        "standards.standard_edited": _l("edited standard %(code)s"),
        "standards.confirmed": _l("confirmed having read the standards"),
        "standards.set_imported": _l("imported a whole set into the draft"),
        "standards.published": _l("published version %(number)s of the standards"),
        "standards.publication_set": _l(
            "set the publication of version %(number)s of the standards for %(on)s"
        ),
        "standards.publication_taken_back": _l(
            "took back the day of publication of version %(number)s of the standards"
        ),
        "standards.master_merged": _l(
            "brought edition %(number)s of the network's standards into the draft"
        ),
    }
)
