"""What the activity log says of audits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

describe(
    {
        "form_template.installed": _l("installed form %(code)s, edition %(number)s"),
        "form.built": _l("built form %(code)s, version %(number)s"),
        "form.refused": _l("could not build form %(code)s"),
        "wave.planned": _l("planned wave %(code)s"),
        "wave.open": _l("opened wave %(code)s"),
        "wave.close": _l("closed wave %(code)s"),
        "wave.reopen": _l("opened wave %(code)s again"),
        "visit.assigned": _l("assigned a visit with form %(form)s"),
        "visit.changed": _l("changed the plan of a visit"),
        "visit.cancelled": _l("called a visit off"),
        "visit.accept": _l("accepted a visit"),
        "visit.decline": _l("declined a visit"),
        "visit.start": _l("started a visit"),
        "visit.token": _l("made a tablet ready for a visit"),
        "visit.import": _l("brought in %(events)s answers of a visit from a file"),
        "visit.submit": _l("submitted a visit"),
        "visit.score": _l("scored a visit: %(final_index)s (R%(revision)s)"),
        "visit.taken": _l("took a visit to review"),
        "visit.returned": _l("returned a visit to its shopper"),
        "visit.approved": _l("approved a visit"),
        "visit.published": _l("published a visit (R%(revision)s)"),
    }
)
