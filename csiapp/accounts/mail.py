"""Mail: written in the transaction that causes it, sent by the periodic process.

Without SMTP_URL (never in production) messages are put into the data folder instead.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import ssl
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from flask import current_app, render_template, request, url_for
from flask_babel import force_locale

from config import Settings
from csiapp.accounts.models import MailOutbox
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.transactions import own_transaction

log = logging.getLogger(__name__)

RETRY_AFTER = (dt.timedelta(minutes=1), dt.timedelta(minutes=10), dt.timedelta(hours=1))
GIVE_UP_AFTER = dt.timedelta(days=2)

Deliver = Callable[[EmailMessage], None]


def post(
    kind: str, recipient: str, locale: str, *, network_id: int | None = None, **words: object
) -> None:
    """Put templates/accounts/mail/<kind>.txt, in the recipient's language, into the outbox.

    The template's first line is the subject.
    """
    with force_locale(locale):
        text = render_template(f"accounts/mail/{kind}.txt", **words)
    subject, _newline, body = text.strip().partition("\n")
    db.session.add(
        MailOutbox(
            recipient=recipient,
            subject=subject.strip(),
            body=body.strip() + "\n",
            detail={"kind": kind, "network_id": network_id, "attempts": 0},
        )
    )
    db.session.flush()


def public_url(endpoint: str, **values: object) -> str:
    """An address for a mail: below PUBLIC_URL, or where this request came in."""
    root = settings().public_url or request.url_root.rstrip("/")
    return root + url_for(endpoint, **values)  # type: ignore[arg-type]


def settings() -> Settings:
    found: Settings = current_app.extensions["csiapp.settings"]
    return found


def mail_is_kept() -> bool:
    """Whether mail stays on this machine, for the administrator of a demo to look at."""
    return not settings().production and not settings().smtp_url


def send_waiting(limit: int = 20) -> int:
    """Send what is due; returns how many went out. A failure is tried again, up to two days."""
    ids = db.session.scalars(
        sa.select(MailOutbox.id)
        .where(MailOutbox.sent_at.is_(None), MailOutbox.created_at > utcnow() - GIVE_UP_AFTER)
        .order_by(MailOutbox.created_at)
        .limit(200)
    ).all()
    db.session.close()
    deliver = _to_folder(settings().data_dir / "mail") if mail_is_kept() else _by_smtp
    sent = 0
    for mail_id in ids:
        message = _claim(mail_id)
        if message is None:
            continue
        try:
            deliver(message)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail %s was not sent: %s", mail_id, error)
            continue
        _mark_sent(mail_id)
        sent += 1
        if sent >= limit:
            break
    return sent


def _claim(mail_id: uuid.UUID) -> EmailMessage | None:
    """The message, if it is due and nobody else took it. No lock is held while sending; the
    claim ends by itself, so that a crash delays a message and does not lose it."""
    with own_transaction():
        row = db.session.get(MailOutbox, mail_id)
        if row is None or row.sent_at is not None or not _is_due(row):
            return None
        attempts = int(row.detail.get("attempts", 0))
        wait = RETRY_AFTER[min(attempts, len(RETRY_AFTER) - 1)]
        claim = {"attempts": attempts + 1, "not_before": (utcnow() + wait).isoformat()}
        taken = db.session.execute(
            sa.update(MailOutbox)
            .where(
                MailOutbox.id == mail_id,
                MailOutbox.sent_at.is_(None),
                MailOutbox.detail == row.detail,
            )
            .values(detail={**row.detail, **claim})
            .execution_options(synchronize_session=False)
        )
        return _message(row) if getattr(taken, "rowcount", 0) == 1 else None


def _is_due(row: MailOutbox) -> bool:
    not_before = row.detail.get("not_before")
    return not_before is None or dt.datetime.fromisoformat(not_before) <= utcnow()


def _message(row: MailOutbox) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings().mail_from
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Date"] = row.created_at
    message["Message-ID"] = f"<{row.id}@{settings().mail_from.rpartition('@')[2]}>"
    message.set_content(row.body)
    return message


def _mark_sent(mail_id: uuid.UUID) -> None:
    """Done. Its text held a link that opens an account, so it is kept only in a demo."""
    values: dict[str, object] = {"sent_at": utcnow()}
    if not mail_is_kept():
        values["body"] = ""
    with own_transaction():
        db.session.execute(sa.update(MailOutbox).where(MailOutbox.id == mail_id).values(values))


def _by_smtp(message: EmailMessage) -> None:
    """smtps:// speaks TLS at once; smtp:// turns to it if the server can, and never sends a
    password without."""
    parts = urlsplit(settings().smtp_url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=20, context=context)
        if secure
        else smtplib.SMTP(host, parts.port or 587, timeout=20)
    ) as server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if parts.username:
            if not secure:
                raise smtplib.SMTPNotSupportedError("the server offers no TLS for the password")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _to_folder(folder: Path) -> Deliver:
    def deliver(message: EmailMessage) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())

    return deliver


def forget_sent(older_than: dt.timedelta = dt.timedelta(days=30)) -> None:
    """Delete messages that went out, or were given up, long ago."""
    db.session.execute(sa.delete(MailOutbox).where(MailOutbox.created_at < utcnow() - older_than))
