"""How a demo visit was filled in: plausible, different, and the same at every load."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from csiapp.audits.answer_rules import Choice, Linear, Rating
from csiapp.audits.exact import exact
from csiapp.audits.filled_form import answer_rule, effective_answers
from csiapp.audits.form_content import excluded_sections, questions_for
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.missing import missing_items
from csiapp.demo.places import ZONE

COMMENTS = (
    "演示：服务顾问当时在接另一位客户，等我开口以后才开始处理，没有主动说明原因和需要的时间。",
    "演示：员工口头做了说明，但没有按标准逐项指给我看，我问起以后才补充，资料也没有给我留一份。",
    "演示：这一步做了一部分，剩下的到离店也没有人提起，前后大约等了几分钟，没有人来解释。",
    "Demo: the advisor answered only after I asked, and did not say how long the work would take.",
)
NARRATIVE = (
    "演示叙述：我按约定时间到店，有人指引停车，随后由服务顾问接待。对方先问了来意，再看了车。"
    "等候期间我记录了各个时刻。全过程按时间顺序写在这里，只写看到和听到的事实，不作猜测。"
)
REMARK = "演示：最好的是休息区整洁安静；最需要改进的是交车时应逐项说明费用。"


def demo_answers(
    form: FormContent, scenario: str, quality: float, day: dt.date, seed: str
) -> dict[str, Any]:
    """Every field of the form. `quality` in [0, 1] is how often the standard was met."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    answers: dict[str, Any] = {}
    if form["timings"]:
        answers |= _stamps(form, scenario, quality, day, dice)
    expected = next((s["na_expected"] for s in form["scenarios"] if s["code"] == scenario), [])
    for section, question in questions_for(form, scenario):
        if question["na_allowed"] and question["standard"] in expected:
            answers[question["code"]] = {"na": form["na_reasons"][0]["code"]}
        elif not question["derive"]:
            answers[question["code"]] = _answer(form, question, quality, dice)
        answers.setdefault(f"{section['code']}.impression", dice.randint(5, 7) + round(3 * quality))
    excluded = excluded_sections(form, scenario)
    for section in form["sections"]:
        if section["narrative"] and section["code"] not in excluded:
            answers[f"{section['code']}.narrative"] = NARRATIVE
        if not section["impression_max"]:
            answers.pop(f"{section['code']}.impression", None)
    for unscored in form["unscored"]:
        is_rating = unscored["answer_type"] == "rating_0_10"
        answers[unscored["code"]] = dice.randint(6, 9) if is_rating else REMARK
    return answers | _comments(form, scenario, answers, dice)


def photo_questions(form: FormContent, scenario: str, answers: dict[str, Any]) -> list[str]:
    """Questions that a shopper would photograph: photo evidence first asked, failed first."""
    asked = [q for _s, q in questions_for(form, scenario) if q["evidence"] == "photo"]
    asked.sort(key=lambda q: f"{q['code']}.comment" not in answers)
    return [q["code"] for q in asked]


def failed_without_evidence(form: FormContent, scenario: str, answers: dict[str, Any]) -> list[str]:
    """Questions whose answer may not be submitted without a photo."""
    gaps = missing_items(form, scenario, answers, photos=())
    return [gap.field.removesuffix(".photos") for gap in gaps if gap.reason == "evidence_missing"]


def _answer(
    form: FormContent, question: FormQuestion, quality: float, dice: random.Random
) -> dict[str, Any]:
    if question["na_allowed"] and dice.random() < 0.15:
        return {"na": form["na_reasons"][0]["code"]}
    odds = quality + (1 - quality) * (0.75 if question["critical"] else 0)
    level = 2 if dice.random() < odds else dice.choice((0, 1))
    return {"value": _value(question, level)}


def _value(question: FormQuestion, level: int) -> Any:
    """An answer that scores 0, about half, or 1 for level 0, 1, 2."""
    rule = answer_rule(question)
    if isinstance(rule, Rating):
        return (3, 6, 9)[level]
    if isinstance(rule, Choice):
        ranked = sorted(question["options"], key=lambda option: exact(option["score"]))
        return ranked[level * (len(ranked) - 1) // 2]["code"]
    if isinstance(rule, Linear):
        full, zero = exact(rule.full_at), exact(rule.zero_at)
        return int(zero + (full - zero) * Fraction(level, 2))
    return rule.good_answer if level == 2 else {"yes": "no", "no": "yes"}[rule.good_answer]


def _comments(
    form: FormContent, scenario: str, answers: dict[str, Any], dice: random.Random
) -> dict[str, Any]:
    effective = effective_answers(form, scenario, answers)
    return {
        f"{question['code']}.comment": dice.choice(COMMENTS)
        for _section, question in questions_for(form, scenario)
        if "na" not in (effective.get(question["code"]) or {})
        and _score(question, effective.get(question["code"])) < 1
    }


def _score(question: FormQuestion, answer: Any) -> Fraction:
    if not answer or "value" not in answer:
        return Fraction(1) if not answer or "na" in answer else Fraction(0)
    return answer_rule(question).score(answer["value"])


def _stamps(
    form: FormContent, scenario: str, quality: float, day: dt.date, dice: random.Random
) -> dict[str, str]:
    """Time stamps in the order of the visit; a bad day is slow at some of them."""

    def slow(good: int, bad: int) -> int:
        return good if dice.random() < quality else bad

    minutes: dict[str, float] = {"T20": 0, "T03": -3, "T04": -1}
    minutes["T05"] = minutes["T04"] + slow(50, 130) / 60
    minutes["T06"] = minutes["T04"] + slow(4, 8)
    minutes["T07"] = minutes["T06"] + slow(9, 5)
    minutes["T08"] = minutes["T07"] + slow(5, 15)
    minutes["T12"] = minutes["T08"] + 90
    minutes["T09"] = minutes["T08"] + 3
    minutes["T10"] = minutes["T09"] + slow(2, 6)
    minutes["T11"] = minutes["T08"] + 40
    minutes["T13"] = minutes["T12"] + slow(-5, 12)
    minutes["T14"] = minutes["T13"] + slow(4, 8)
    minutes["T15"] = minutes["T14"] + 5
    minutes["T16"] = minutes["T15"] + slow(4, 8)
    minutes["T17"] = minutes["T16"] + slow(3, 14)
    minutes["T18"] = minutes["T17"] + 2
    minutes["T01"] = -2 * 24 * 60
    minutes["T02"] = minutes["T01"] + slow(9, 20) / 60
    minutes["T19"] = minutes["T18"] + 24 * 60 * slow(2, 4)
    start = dt.datetime.combine(day, dt.time(9, 30), ZoneInfo(ZONE))
    excluded = excluded_sections(form, scenario)
    return {
        timing["code"]: (
            start + dt.timedelta(seconds=round(minutes[timing["code"]] * 60))
        ).isoformat()
        for timing in form["timings"]
        if timing["section"] not in excluded
    }
