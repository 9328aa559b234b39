"""Mail leaves once, is tried again, and is not kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
import smtplib
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

import pytest
import sqlalchemy as sa

from csiapp.accounts import mail
from csiapp.accounts.models import MailOutbox
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from tests.support.client import anonymous

pytestmark = pytest.mark.db


class Server:
    """Stands in for smtplib.SMTP: keeps what it is sent, and fails as often as told."""

    tls = True

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failures = 0
        self.signed_in_as: tuple[str, str] | None = None
        self.secure = False
        self.opened: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **_more: object) -> Server:
        self.opened.append((host, port))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def ehlo(self) -> None:
        pass

    def has_extn(self, name: str) -> bool:
        return name == "starttls" and self.tls

    def starttls(self, context: object) -> None:
        self.secure = True

    def login(self, name: str, password: str) -> None:
        self.signed_in_as = (name, password)

    def send_message(self, message: EmailMessage) -> None:
        if self.failures:
            self.failures -= 1
            raise smtplib.SMTPServerDisconnected("made for a test")
        self.sent.append(message)


@pytest.fixture
def smtp(app, monkeypatch):
    """The app with a mail server."""
    server = Server()
    monkeypatch.setattr(mail.smtplib, "SMTP", server)
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", server)
    use_smtp(app, monkeypatch, "smtp://sender:p%40ss@mail.example:2525")
    return server


def use_smtp(app, monkeypatch, url: str) -> None:
    settings = dataclasses.replace(
        app.extensions["csiapp.settings"], smtp_url=url, mail_from="csi@mail.example"
    )
    monkeypatch.setitem(app.extensions, "csiapp.settings", settings)


@pytest.fixture
def waiting(app, world) -> None:
    """One mail in the outbox: the manager's reset."""
    assert anonymous(app).post("/reset", data={"email": "manager@test.example"}).status_code == 303


def outbox(app) -> list[MailOutbox]:
    with app.app_context():
        rows = list(db.session.scalars(sa.select(MailOutbox)))
        db.session.expunge_all()
        db.session.close()
    return rows


def send(app) -> int:
    with app.app_context():
        return mail.send_waiting()


def test_a_mail_leaves_once_and_its_link_is_not_kept(app, waiting, smtp):
    assert (send(app), send(app)) == (1, 0)
    (message,) = smtp.sent
    assert message["To"] == "manager@test.example"
    assert message["From"] == "csi@mail.example"
    assert message["Subject"] == "Set a new password"
    assert "/reset/" in message.get_content()
    assert smtp.opened == [("mail.example", 2525)]
    assert smtp.signed_in_as == ("sender", "p@ss")
    (row,) = outbox(app)
    assert row.sent_at is not None
    assert row.body == ""


def test_a_failure_is_tried_again_later(app, waiting, smtp):
    smtp.failures = 2
    assert send(app) == 0
    assert send(app) == 0, "not before a minute has passed"
    for attempt in (1, 2):
        (row,) = outbox(app)
        assert row.sent_at is None
        assert row.detail["attempts"] == attempt
        _let_time_pass(app)
        send(app)
    assert len(smtp.sent) == 1
    assert outbox(app)[0].sent_at is not None


def _let_time_pass(app) -> None:
    with app.app_context():
        row = db.session.scalars(sa.select(MailOutbox)).one()
        earlier = (utcnow() - dt.timedelta(seconds=1)).isoformat()
        row.detail = {**row.detail, "not_before": earlier}
        db.session.commit()
        db.session.close()


def test_a_mail_is_given_up_after_two_days(app, waiting, smtp):
    with app.app_context():
        db.session.execute(sa.update(MailOutbox).values(created_at=utcnow() - dt.timedelta(days=3)))
        db.session.commit()
        db.session.close()
    assert send(app) == 0
    assert smtp.sent == []


def test_two_senders_at_once_send_one_mail(app, waiting, smtp):
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        send(app)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.sent) == 1


def test_the_servers_password_never_travels_in_the_clear(app, waiting, smtp):
    smtp.tls = False
    assert send(app) == 0
    assert smtp.signed_in_as is None
    assert smtp.sent == []


def test_a_server_without_password_may_do_without_tls(app, waiting, smtp, monkeypatch):
    smtp.tls = False
    use_smtp(app, monkeypatch, "smtp://127.0.0.1:1025")
    assert send(app) == 1


def test_smtps_speaks_tls_at_once(app, waiting, smtp, monkeypatch):
    use_smtp(app, monkeypatch, "smtps://sender:secret@mail.example")
    assert send(app) == 1
    assert smtp.opened == [("mail.example", 465)]
    assert smtp.signed_in_as == ("sender", "secret")


def test_without_a_server_mail_is_put_into_the_data_folder(app, waiting):
    assert send(app) == 1
    (row,) = outbox(app)
    file = app.config["DATA_DIR"] / "mail" / f"{row.id}.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["To"] == "manager@test.example"
    assert "/reset/" in message.get_content()


def test_an_administrator_finds_invitations_that_were_not_sent(client_of):
    admin = client_of("admin")
    assert "No mail yet" in admin.get("/n/near/people/mail").text
    admin.post("/n/near/people/invite", data={"email": "a@b.example", "role": "reviewer"})
    page = admin.get("/n/near/people/mail").text
    assert 'href="http://localhost/invitation/' in page


def test_nobody_reads_mail_where_it_is_sent(app, client_of, smtp):
    assert client_of("admin").get("/n/near/people/mail").status_code == 404
