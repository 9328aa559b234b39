"""The words that the tablet's scripts put on the page."""

from __future__ import annotations

from flask_babel import gettext as _


def tablet_texts() -> dict[str, str]:
    """In the reader's language; braces are filled in by the script."""
    return _states() | _gaps() | _failures()


def _states() -> dict[str, str]:
    return {
        "state_typing": _("Typing…"),
        "state_saving": _("Saving…"),
        "state_device": _("On this device"),
        "state_server": _("On the server"),
        "state_failed": _("NOT SAVED."),
        "state_rejected": _("Not accepted."),
        "state_conflict": _("Received twice with other content. Answer again."),
        "state_invalid": _("NOT SAVED. Type a number, such as 12 or 12.5."),
        "failed": _("Not saved:"),
        "progress": _("{done} of {total} answered"),
        "tap_now": _("Tap to stamp now"),
        "by_hand": _("set by hand"),
        "note_put": _("The note went into: {question}"),
        "found": _("{count} found"),
        "photo_of": _("Photo {number} of question {question}"),
        "comment_needed": _("A comment is needed here: facts only."),
        "comment_needed_long": _("Facts needed: {length} of {needed} characters"),
        "net_delivered": _("All on the server"),
        "net_sending": _("Sending: {count}"),
        "net_waiting": _("No connection. On this device: {count}"),
        "net_sign-in": _("Sign in again to send. Nothing is lost."),
        "unsent": _("{count} answers are still on this device only; they are sent first."),
        "all_sent": _("Every answer is on the server."),
    }


def _gaps() -> dict[str, str]:
    return {
        "comma": _(", "),
        "overall": _("The visit as a whole"),
        "gaps_none": _("Nothing is missing. You can submit."),
        "gaps_some": _("Still missing: {count}"),
        "gap_blank": _("not answered"),
        "gap_stamps_missing": _("time keys missing: {detail}"),
        "gap_na_not_allowed": _("cannot be “not applicable”"),
        "gap_na_reason_missing": _("reason missing"),
        "gap_comment_missing": _("comment missing"),
        "gap_comment_short": _("comment too short, at least {detail} characters"),
        "gap_evidence_missing": _("photo of the evidence missing"),
        "gap_photo_missing": _("a photo did not arrive or is no photo"),
        "gap_narrative_missing": _("description missing, at least {detail} characters"),
        "gap_narrative_short": _("description too short, at least {detail} characters"),
        "gap_stamp_order": _("lies before “{last}”"),
    }


def _failures() -> dict[str, str]:
    return {
        "QuotaExceededError": _("This device has no space left. Free some space, then go on."),
        "not_an_image": _("This file is no photo. Take a photo, or choose JPEG, PNG, WebP, HEIC."),
        "too_large": _("This photo is larger than 15 MB."),
        "too_many_photos": _("No more photos fit to this question."),
        "too_many_pixels": _("This picture is too large; take it again smaller."),
        "broken": _("This photo is damaged; take it again."),
        "not_read": _("This photo could not be read; take it again."),
        "lost": _("This photo is gone from the device; take it again."),
        "unknown_field": _("This question is no longer in the form. Reload the page."),
        "out_of_range": _("The number is too large."),
        "too_long": _("The text is too long: up to 4000 characters."),
        "refused": _("The server did not accept it. Answer again."),
    }
