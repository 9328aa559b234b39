"""What the forms of standards share."""

from __future__ import annotations

import re

LONGEST_TEXT = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def one_line(text: str | None) -> str | None:
    """Without line breaks, control characters and doubled spaces."""
    return None if text is None else " ".join(_CONTROLS.sub(" ", text).split())
