"""A realistic filled visit for benchmarks and tests of the PDF report.

Everything goes the product's own way: the reference standards and form, seeded answers to all 80
questions, the scorer, the composer. The same arguments give the same report.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from csiapp.audits.exact import exact
from csiapp.audits.filled_form import to_scoring
from csiapp.audits.form_content import all_questions, build_form_content, excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.form_template import template_content
from csiapp.audits.receipts import receipt
from csiapp.audits.scoring import ScoringInput, score
from csiapp.reference import loader
from csiapp.reports.compose import Facts, compose
from csiapp.reports.render import translator
from csiapp.reports.snapshot import HeadOfficeCopy, Language, Photo, Shopper, Status
from csiapp.standards.content import from_template
from csiapp.standards.factors import factor_model_content

SHOPPER = Shopper(name="秦慕言", code="SHP-0042", device="Demo Tablet 7")
COMMENTS = {
    "zh": (
        "停车约三分钟后才有人走近，期间前台两名员工在交谈。",
        "服务顾问说“大概下午吧”，没有给出具体时间，我追问后才写在委托书上。",
        "车内只铺了座椅套和脚垫，方向盘、换挡杆没有防护。",
        "茶几上有未收走的水杯，靠窗第二排座椅扶手破损。",
    ),
    "en": (
        "Staff came over about three minutes after I parked; two colleagues stood at the desk.",
        'The advisor said "some time in the afternoon"; a time was written only after I asked.',
        "Only seat cover and floor mat were fitted; steering wheel and gear lever were bare.",
        "Used cups were left on the table; an armrest by the window was torn.",
    ),
}
NARRATIVE = {
    "zh": "上午九点四十分开始。对方报出店名与姓名，询问车型与里程，给出两个时段，"
    "结束前复述了日期、时间和项目。全过程没有其他人接手，也没有等待。",
    "en": "It began at 9:40. Dealer name and own name were given, model and mileage asked, two "
    "slots offered; date, time and work were repeated at the end. Nobody else took over.",
}
WORDS = {
    "network": {"zh": "示例汽车网络", "en": "Sample Motors Network"},
    "dealership": {"zh": "演示经销商·东湖店", "en": "Demo Dealership East Lake"},
    "region": {"zh": "华东区（演示）", "en": "East region (demo)"},
    "wave": {"zh": "2026年第三波", "en": "2026 wave 3"},
    "model": {
        "zh": "五因子服务指数（中国2009权重）",
        "en": "Five-factor service index, China 2009 weights",
    },
    "remark": {
        "zh": "等候区整洁；交车时应逐项说明费用。",
        "en": "The lounge was tidy; charges should be explained one by one at hand-over.",
    },
    "gap": {
        "zh": "当天 8 名服务顾问中有 3 人未持有该课程",
        "en": "3 of 8 service advisors did not hold it on the day",
    },
}


@dataclass(frozen=True)
class Example:
    """A report and the photos that it names, by storage key."""

    report: HeadOfficeCopy
    photos: Mapping[str, bytes]

    def read(self, key: str) -> bytes | None:
        return self.photos.get(key)


@cache
def visit_form() -> FormContent:
    standards = from_template(loader.standards_template(), loader.service_process())
    model = factor_model_content(loader.primary_factor_model())
    return build_form_content(template_content(loader.form_templates(), "visit"), standards, model)


@cache
def picture(number: int, width: int = 640, height: int = 480) -> bytes:
    """A JPEG of about the size that a shrunk photo has."""
    dice = random.Random(number)
    image = Image.new("RGB", (width, height), (150, 155 + number % 60, 165))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = dice.randrange(width), dice.randrange(height)
        colour = tuple(dice.randrange(60, 220) for _ in range(3))
        draw.ellipse([x, y, x + dice.randrange(20, 160), y + dice.randrange(20, 120)], fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def example(
    language: str = "zh",
    *,
    seed: int = 7,
    photos: int = 12,
    status: Status = Status.PUBLISHED,
    scenario: str = "SC2",
    changes: Mapping[str, Any] | None = None,
) -> Example:
    """``photos`` are spread over the questions, up to three each; ``changes`` replace answers."""
    form = visit_form()
    answers = seeded_answers(form, language, scenario, random.Random(seed))
    pictures = _attach(form, answers, scenario, photos)
    answers |= changes or {}
    scoring = to_scoring(form, scenario, answers)
    sheet = score(scoring)
    facts = _facts(Language(language), status, scenario, pictures, scoring)
    return Example(compose(form, answers, sheet, facts, translator(language)), pictures)


def seeded_answers(
    form: FormContent, language: str, scenario: str, dice: random.Random
) -> dict[str, Any]:
    """Answers to everything that the scenario asks, most of them good."""
    excluded = excluded_sections(form, scenario)
    answers: dict[str, Any] = {
        question["code"]: WORDS["remark"][language] if question["answer_type"] == "text" else 7
        for question in form["unscored"]
    }
    for section in form["sections"]:
        if section["code"] in excluded:
            continue
        answers[f"{section['code']}.narrative"] = NARRATIVE[language]
        answers[f"{section['code']}.impression"] = dice.randint(5, 10)
        for question in section["questions"]:
            level = dice.choices((1, 0.5, 0), weights=(78, 12, 10))[0]
            if question["na_allowed"] and dice.random() < 0.2:
                answers[question["code"]] = {"na": form["na_reasons"][0]["code"]}
                continue
            answers[question["code"]] = {"value": _value(question, level)}
            if level < 1:
                answers[f"{question['code']}.comment"] = dice.choice(COMMENTS[language])
    return answers


def _value(question: FormQuestion, level: float) -> Any:
    """An answer that scores about ``level``."""
    scoring = question["scoring"]
    match scoring["method"]:
        case "boolean":
            good = scoring["good_answer"]
            return good if level == 1 else {"yes": "no", "no": "yes"}[good]
        case "rating":
            return {1: 9, 0.5: 6, 0: 2}[level]
        case "choice":
            ranked = sorted(question["options"], key=lambda option: exact(option["score"]))
            return ranked[int(level * (len(ranked) - 1))]["code"]
        case _:
            full, zero = exact(scoring["full_at"]), exact(scoring["zero_at"])
            return int(zero + (full - zero) * Fraction(level))


def _attach(
    form: FormContent, answers: dict[str, Any], scenario: str, wanted: int
) -> dict[str, bytes]:
    """Give photos to questions, those with a comment first. Every fourth stands upright."""
    excluded = excluded_sections(form, scenario)
    codes = [q["code"] for section, q in all_questions(form) if section["code"] not in excluded]
    codes.sort(key=lambda code: f"{code}.comment" not in answers)
    stored: dict[str, bytes] = {}
    each = max(1, min(3, -(-wanted // len(codes)))) if wanted > len(codes) else 2
    for number in range(wanted):
        body = picture(number, 480, 640) if number % 4 == 3 else picture(number)
        sha256 = hashlib.sha256(body).hexdigest()
        stored[f"t/1/evidence/{sha256}.jpg"] = body
        answers.setdefault(f"{codes[number // each]}.photos", []).append(sha256)
    return stored


def _facts(
    language: Language,
    status: Status,
    scenario: str,
    pictures: Mapping[str, bytes],
    scoring: ScoringInput,
) -> Facts:
    said = {name: text[language] for name, text in WORDS.items()}
    costliest = score(scoring).points_lost[0].code
    return Facts(
        language=language,
        status=status,
        revision=0,
        created_at=datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
        timezone="Asia/Shanghai",
        network=said["network"],
        dealership=said["dealership"],
        region=said["region"],
        wave=said["wave"],
        visit_date=date(2026, 11, 18),
        scenario=scenario,
        form_version="3",
        standards_version="7",
        standards_sha256=visit_form()["standards"]["sha256"],
        factor_model=said["model"],
        receipt_sha256=receipt(scoring)["sha256"],
        scoring_rules="1",
        shopper=SHOPPER,
        photos={
            digest: Photo(key=key, sha256=digest)
            for key, body in pictures.items()
            for digest in [hashlib.sha256(body).hexdigest()]
        },
        courses={
            course["code"]: course["title"] for course in loader.training_catalogue()["courses"]
        },
        gaps={costliest: said["gap"]} if status is Status.PUBLISHED else {},
    )
