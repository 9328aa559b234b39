"""One readable sentence for each verb of the activity log. Slices register theirs:

    describe({"standards.published": _l("published version %(number)s of the standards")})

A sentence follows the actor's name, and may use the values of the entry's detail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from csiapp.accounts.wording import ROLE_NAMES
from csiapp.core.permissions import Role

Word = Callable[[Any], object]

_sentences: dict[str, Any] = {}
_words: dict[str, Mapping[str, Word]] = {}


def describe(sentences: Mapping[str, Any], words: Mapping[str, Word] | None = None) -> None:
    """Register the sentences of verbs, and how to show values of their details, by their key."""
    _sentences.update(sentences)
    _words.update(dict.fromkeys(sentences, words or {}))


def sentence(verb: str, detail: Mapping[str, Any]) -> str:
    """What an entry says, in the reader's language. An unknown verb is shown as it is."""
    if verb not in _sentences:
        return verb
    words = _words[verb]
    values: dict[str, object] = defaultdict(lambda: "–")
    for key, value in detail.items():
        values[key] = words[key](value) if key in words else value
    return str(_sentences[verb]) % values


def _role(value: str) -> object:
    return ROLE_NAMES[Role(value)] if value in set(Role) else value


describe(
    {
        "person.invited": _l("invited somebody as: %(role)s %(place)s"),
        "invitation.withdrawn": _l("withdrew an invitation"),
        "invitation.accepted": _l("accepted an invitation as: %(role)s"),
        "person.role_changed": _l("changed a role from “%(before)s” to “%(role)s” %(place)s"),
        "person.deactivated": _l("switched off an access as: %(role)s"),
        "person.reactivated": _l("switched on an access as: %(role)s"),
        "person.signed_out": _l("signed a person out everywhere"),
    },
    {"role": _role, "before": _role},
)
