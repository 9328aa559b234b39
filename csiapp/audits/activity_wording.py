"""What the activity log says of audits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

describe(
    {
        "form_template.installed": _l("installed form %(code)s, edition %(number)s"),
        "form.built": _l("built form %(code)s, version %(number)s"),
        "form.refused": _l("could not build form %(code)s"),
        "form_design.begun": _l("began form %(code)s"),
        "form_design.form_described": _l("changed the name or the N/A reasons of form %(code)s"),
        "form_design.section_added": _l("added a section to form %(code)s"),
        "form_design.section_named": _l("renamed section %(subject)s of form %(code)s"),
        "form_design.section_changed": _l("changed section %(subject)s of form %(code)s"),
        "form_design.section_removed": _l("removed section %(subject)s of form %(code)s"),
        "form_design.sections_ordered": _l("ordered the sections of form %(code)s"),
        "form_design.questions_added": _l("added questions to form %(code)s"),
        "form_design.question_changed": _l("changed question %(subject)s of form %(code)s"),
        "form_design.question_removed": _l("removed question %(subject)s of form %(code)s"),
        "form_design.questions_ordered": _l("ordered the questions of form %(code)s"),
        "form_design.unscored_set": _l("changed a question without points of form %(code)s"),
        "form_design.unscored_removed": _l("removed question %(subject)s of form %(code)s"),
        "form_design.unscored_ordered": _l("ordered the questions without points of %(code)s"),
        "form_design.scenario_set": _l("changed a scenario of form %(code)s"),
        "form_design.scenario_removed": _l("removed scenario %(subject)s of form %(code)s"),
        "form_design.undone": _l("took back a change of form %(code)s"),
        "form_design.published": _l("published form %(code)s, version %(number)s"),
        "form_design.withdrawn": _l("withdrew form %(code)s"),
        "form_design.offered": _l("offered form %(code)s again"),
        "form_design.discarded": _l("discarded the draft of form %(code)s"),
        "wave.planned": _l("planned wave %(code)s"),
        "wave.open": _l("opened wave %(code)s"),
        "wave.close": _l("closed wave %(code)s"),
        "wave.reopen": _l("opened wave %(code)s again"),
        "visit.assigned": _l("assigned a visit with form %(form)s"),
        "visit.moved": _l("moved a visit to version %(number)s of form %(form)s"),
        "visit.changed": _l("changed the plan of a visit"),
        "visit.cancelled": _l("called a visit off"),
        "visit.accept": _l("accepted a visit"),
        "visit.decline": _l("declined a visit"),
        "visit.start": _l("started a visit"),
        "tie.declared": _l("declared a tie of a shopper"),
        "tie.ended": _l("ended a tie of a shopper"),
        "visit.token": _l("made a tablet ready for a visit"),
        "visit.import": _l("brought in %(events)s answers of a visit from a file"),
        "visit.submit": _l("submitted a visit"),
        "visit.by_rule": _l("answered stage two of a visit by rule"),
        "visit.score": _l("scored a visit: %(final_index)s (R%(revision)s)"),
        "visit.taken": _l("took a visit to review"),
        "visit.returned": _l("returned a visit to its shopper"),
        "visit.approved": _l("approved a visit"),
        "visit.published": _l("published a visit (R%(revision)s)"),
    }
)
