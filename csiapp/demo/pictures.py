"""Drawings that stand for photos in the demo, and say so."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFont


def picture(seed: str) -> bytes:
    """A JPEG of 1200 x 900 pixels: a workshop bay in flat colours, marked DEMO."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    image = Image.new("RGB", (1200, 900), (214, 222, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 620, 1200, 900], fill=(168, 176, 184))
    for left in range(40, 1200, 290):
        draw.rectangle([left, 120, left + 240, 560], fill=(236, 240, 244), outline=(120, 130, 140))
    body = (dice.randrange(40, 200), dice.randrange(40, 160), dice.randrange(60, 200))
    left = dice.randrange(120, 420)
    draw.rounded_rectangle([left, 520, left + 620, 700], 60, fill=body)
    draw.polygon(
        [(left + 120, 530), (left + 210, 400), (left + 450, 400), (left + 540, 530)], fill=body
    )
    for wheel in (left + 140, left + 480):
        draw.ellipse([wheel - 60, 640, wheel + 60, 760], fill=(40, 44, 48))
        draw.ellipse([wheel - 26, 674, wheel + 26, 726], fill=(190, 194, 198))
    draw.text((40, 30), f"DEMO {seed}", fill=(90, 98, 106), font=ImageFont.load_default(44))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()
