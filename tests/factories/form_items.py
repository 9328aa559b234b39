"""Examples of the addresses of the form builder, for all sides that reach it."""

from __future__ import annotations

from csiapp.audits.builder.growing import Start
from csiapp.core.tenancy import Scope
from tests.factories import forms
from tests.factories.world import World
from tests.support.access import Example

NAMED = {"seen": "0", "name_zh": "名", "name_en": "Name"}
GONE = {"code": "OWN-99"}


def form_items(world: World) -> dict[str, Example]:
    """For forms of dealership "near" and of its network, a form in every state."""
    own = _examples(world, world.tenant())
    network = _examples(world, world.network())
    sides = (("own_forms", own), ("network_forms", own), ("master_forms", network))
    return {f"{side}.{name}": one for side, found in sides for name, one in found.items()}


def _examples(world: World, scope: Scope) -> dict[str, Example]:
    """A draft that no request has changed yet, and published forms, of this scope."""
    draft = forms.begin(world, Start.WHOLE, scope=scope)
    published, withdrawn = (forms.begin(world, scope=scope) for _ in range(2))
    for code in (published, withdrawn):
        forms.publish(world, code, scope=scope)
    pilot = forms.pilot(world, published)
    design = forms.design_of(world, draft, scope=scope)
    section = design["sections"][0]
    question = section["questions"][0]["code"]
    chosen = {"set": "REF-AFTERSALES", "kind": "visit", "start": "critical", **NAMED}
    seen = {"seen": "0"}
    at = {"code": draft}
    in_section = {**at, "section": section["code"]}
    of_question = {**at, "question": question}
    of_scenario = {**at, "scenario": design["scenarios"][0]["code"]}
    of_remark = {**at, "question": design["unscored"][0]["code"]}
    values = {
        "text_zh": "问", "text_en": "Asked", "section": section["code"], **seen,
    }  # fmt: skip
    remark = {**values, "when": "after_visit", "answer_type": "text"}

    def example(own: dict[str, str], form: dict[str, str] | None = None) -> Example:
        return Example(own, {**own, **GONE}, form=form)

    return {
        "create": Example(form=chosen),
        "editor": example(at),
        "preview": example(at),
        "review": example(at),
        "versions": example({"code": published}),
        "publish": example({"code": published}, seen),
        "export": example({"code": published, "number": "1"}),
        "pilots": example({"code": published}),
        "pilot": Example(
            {"code": published, "visit_id": str(pilot)}, {**GONE, "visit_id": str(pilot)}
        ),
        "withdraw": example({"code": withdrawn}, {"withdrawn": "1"}),
        "discard": example({"code": draft}),
        "undo": example(at, seen),
        "settings": example(at, NAMED),
        "new_section": example(at, NAMED),
        "section": example(in_section, {**NAMED, "min_chars": "60"}),
        "add_questions": example(in_section, seen),
        "order_sections": example(at, {**seen, "move": f"{section['code']}:down"}),
        "order_questions": example(in_section, {**seen, "move": f"{question}:down"}),
        "remove_section": example(in_section, seen),
        "question": example(of_question, values),
        "remove_question": example(of_question, seen),
        "new_unscored": example(at, remark),
        "unscored": example(of_remark, remark),
        "order_unscored": example(at, {**seen, "move": f"{of_remark['question']}:down"}),
        "remove_unscored": example(of_remark, seen),
        "new_scenario": example(at, NAMED),
        "scenario": example(of_scenario, NAMED),
        "remove_scenario": example(of_scenario, seen),
    }
