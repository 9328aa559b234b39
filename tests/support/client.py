"""Test clients that are signed in, without going through the sign-in page."""

from __future__ import annotations

import uuid
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from csiapp.accounts.identity import begin_session
from csiapp.accounts.models import User
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.web import App

CSRF_VALUE = "0" * 40


def sign_in_as(app: App, user_id: uuid.UUID) -> FlaskClient:
    """A client whose cookie holds a fresh session of this user, and whose unsafe requests
    carry its CSRF token."""
    with app.app_context():
        reset = writing.set(True)
        token = begin_session(db.session.get_one(User, user_id), "test client").token
        db.session.commit()
        db.session.close()
        writing.reset(reset)
    return _client(app, {"_user_id": token, "_fresh": True})


def anonymous(app: App) -> FlaskClient:
    """A client of nobody, whose unsafe requests carry a CSRF token."""
    return _client(app, {})


def _client(app: App, kept: dict[str, Any]) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(kept, csrf_token=CSRF_VALUE)
    client.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token(app)
    return client


def csrf_token(app: App) -> str:
    """What a page's forms would send for the cookie of `anonymous` and `sign_in_as`."""
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(signer.dumps(CSRF_VALUE))
