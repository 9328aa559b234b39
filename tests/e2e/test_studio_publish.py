"""What a manager does in the studio: writes a vague standard, is refused, mends it, publishes
with days, and compares."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import StandardsEditor, follow, say_yes

pytestmark = [pytest.mark.e2e, pytest.mark.long]


VAGUE = "ST030302"


def test_a_vague_standard_is_refused_mended_published_with_days_and_compared(product, person):
    page = person("manager", "en")
    base = f"{product.url}/t/demo-01/standards/REF-AFTERSALES"
    editor = StandardsEditor(page, product.url)
    editor.begin()

    page.goto(f"{base}/draft/steps/S03")
    page.locator(f"#edit-{VAGUE}").click()
    form = page.locator(f"#{VAGUE} form")
    form.locator(f"[name='{VAGUE}-statement_zh']").fill("服务顾问热情接待客户")
    form.locator(f"[name='{VAGUE}-statement_en']").fill("The advisor receives customers promptly")
    flagged = form.locator(".rule-bad")
    expect(flagged).to_contain_text("“promptly” has no measure")
    expect(flagged).to_contain_text("“热情” has no measure")
    form.locator(".form-end button").click()
    expect(page.locator(f"#edit-{VAGUE}")).to_be_focused()

    page.goto(f"{base}/draft/publish")
    expect(page.locator("#reason")).to_have_count(0)
    follow(page.locator(f".item-list a[href*='{VAGUE}']").first)
    form = page.locator(f"#{VAGUE} form")
    form.locator(f"[name='{VAGUE}-statement_zh']").fill("客户进门1分钟内，服务顾问上前接待")
    form.locator(f"[name='{VAGUE}-statement_en']").fill(
        "The advisor receives the customer within 1 minute of arrival"
    )
    expect(form.locator(".rule-bad")).to_have_count(0)
    form.locator(".form-end button").click()
    expect(page.locator(f"#edit-{VAGUE}")).to_be_visible()

    page.goto(f"{base}/draft/publish")
    page.locator(f"#class-{VAGUE}").select_option("measure")
    page.locator(f"#training-{VAGUE}").select_option("retrain")
    first = dt.date.fromisoformat(page.locator("#publish_on").input_value())
    page.locator("#train_by").fill((first + dt.timedelta(days=14)).isoformat())
    page.locator("#enforce_from").fill((first + dt.timedelta(days=7)).isoformat())
    page.locator("#reason").fill("Demo: customers are received sooner")
    page.locator("#publish button").click()
    say_yes(page)
    expect(page.locator("#enforce_from-error")).to_contain_text("need not be learned yet")
    page.locator("#enforce_from").fill((first + dt.timedelta(days=21)).isoformat())
    page.locator("#publish button").click()
    say_yes(page)
    expect(page.locator(".toast-success")).to_be_visible()

    page.goto(f"{base}/history")
    follow(page.locator("main .item-list li").first.locator("a[href*='/compare']"))
    expect(page.locator("#comparison")).to_contain_text("Comparability 99%")
    expect(page.locator("#comparison")).to_contain_text("within 1 minute of arrival")
    page.locator("#compare-left").select_option("1")
    expect(page.locator("#comparison-title")).to_contain_text("Version 1")
