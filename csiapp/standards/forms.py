"""What the forms of standards share."""

from __future__ import annotations

import re
from typing import overload

LONGEST_TEXT = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@overload
def one_line(text: str) -> str: ...
@overload
def one_line(text: None) -> None: ...
def one_line(text: str | None) -> str | None:
    """Without line breaks, control characters and doubled spaces."""
    return None if text is None else " ".join(_CONTROLS.sub(" ", text).split())
