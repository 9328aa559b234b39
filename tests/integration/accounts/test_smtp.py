"""Mail through a real SMTP server process; test_mail.py has what TLS and passwords need."""

from __future__ import annotations

import mailbox
import socket
import sys
import time
from email import policy
from email.parser import BytesParser

import pytest

from csiapp.serving.processes import start_child, stop_child
from tests.integration.accounts.test_mail import (
    _let_time_pass,
    outbox,
    send,
    use_smtp,
)
from tests.support.product import free_port

pytestmark = pytest.mark.db


@pytest.fixture
def smtp_server(app, tmp_path, monkeypatch):
    """`smtp_server()` starts it on the port that the app knows; what it takes is in `box`."""
    port, started = free_port(), []
    use_smtp(app, monkeypatch, f"smtp://127.0.0.1:{port}")
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}"]

    def start() -> mailbox.Maildir:
        handler = ["--class", "aiosmtpd.handlers.Mailbox", str(tmp_path / "box")]
        with (tmp_path / "smtp.log").open("wb") as log:
            started.append(start_child([*command, *handler], output=log))
        for _attempt in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return mailbox.Maildir(tmp_path / "box", create=False)

    yield start
    for process in started:
        stop_child(process)


def test_an_invitation_arrives_whole_in_chinese(app, world, client_of, smtp_server):
    box = smtp_server()
    admin = client_of("admin")
    form = {"email": "new@csi.example", "role": "reviewer"}
    assert admin.post("/n/near/people/invite", data=form).status_code == 303
    assert send(app) == 1

    (key,) = box.keys()
    message = BytesParser(policy=policy.default).parsebytes(box.get_bytes(key))
    assert message["To"] == "new@csi.example"
    assert message["From"] == "csi@mail.example"
    assert message["Subject"].startswith("邀请加入")
    assert "/invitation/" in message.get_content()
    assert "链接只能使用一次" in message.get_content()
    assert outbox(app)[0].sent_at is not None


def test_a_server_that_is_down_gets_the_mail_once_it_is_back(app, world, client_of, smtp_server):
    form = {"email": "new@csi.example", "role": "reviewer"}
    client_of("admin").post("/n/near/people/invite", data=form)
    assert send(app) == 0
    assert outbox(app)[0].sent_at is None

    box = smtp_server()
    _let_time_pass(app)
    assert (send(app), send(app)) == (1, 0)
    assert len(box) == 1
