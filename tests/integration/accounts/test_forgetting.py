"""What is over is deleted a month later and nothing before, as docs/operations.md says."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.accounts.chores import forget
from csiapp.accounts.identity import ABSOLUTE
from csiapp.accounts.models import MailOutbox, OneTimeToken, UserSession
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.models import Outbox
from csiapp.core.relay import forget_finished
from csiapp.core.transactions import own_transaction

pytestmark = pytest.mark.db


def test_what_ended_a_month_ago_is_deleted_and_what_ended_later_stays(app, world):
    with app.app_context():
        for mark, days in (("stays", 29), ("goes", 31)):
            ended = utcnow() - dt.timedelta(days=days)
            with own_transaction():
                db.session.add_all(
                    [
                        MailOutbox(recipient=mark, subject="", body="", created_at=ended),
                        OneTimeToken(
                            purpose="reset", token_hash=mark, email=mark, expires_at=ended
                        ),
                        UserSession(
                            user_id=world.people["manager"],
                            token_hash=mark,
                            last_seen_at=ended - ABSOLUTE,
                        ),
                        Outbox(task=mark, queue="low", args={}, scope={}, done_at=ended),
                    ]
                )
        with own_transaction():
            db.session.add(Outbox(task="unfinished", queue="low", args={}, scope={}))
        forget()
        forget_finished()
        assert kept(MailOutbox.recipient) == {"stays"}
        assert kept(OneTimeToken.email) == {"stays"}
        assert kept(UserSession.token_hash) & {"stays", "goes"} == {"stays"}
        assert kept(Outbox.task) & {"stays", "goes", "unfinished"} == {"stays", "unfinished"}


def kept(column: sa.orm.InstrumentedAttribute[str]) -> set[str]:
    return set(db.session.scalars(sa.select(column)))
