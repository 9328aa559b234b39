"""Names of the codes that standards use: roles, tools, kinds, evidence, observers, courses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import current_app

from csiapp.core.i18n import tr
from csiapp.reference import loader
from csiapp.standards.content import Text

CourseTitles = Callable[[], Mapping[str, Text]]
"""Code -> title of the network's courses. Set by training, which stands above, as
`app.extensions["csiapp.course_titles"]`."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Code -> name; the order is the one to choose from."""

    roles: Mapping[str, Text]
    tools: Mapping[str, Text]
    kinds: Mapping[str, Text]
    evidence: Mapping[str, Text]
    observers: Mapping[str, Text]


@cache
def vocabulary() -> Vocabulary:
    process, template = loader.service_process(), loader.standards_template()
    return Vocabulary(
        roles=_names(process["roles"]),
        tools=_names(process["management_tools"]),
        kinds=_names(template["kinds"]),
        evidence=_names(template["evidence_types"]),
        observers=_names(template["observers"]),
    )


def _names(items: Iterable[Mapping[str, Any]]) -> dict[str, Text]:
    return {item["code"]: item["name"] for item in items}


def course_titles() -> Mapping[str, Text]:
    """The network's courses in the order of their codes."""
    titles: CourseTitles | None = current_app.extensions.get("csiapp.course_titles")
    return titles() if titles is not None else {}


def named(codes: Iterable[str], names: Mapping[str, Text]) -> str:
    """The names of these codes in the reader's language; an unknown code stands as it is."""
    return " · ".join(tr(names.get(code)) or code for code in codes)
