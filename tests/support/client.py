"""Test clients that are signed in, without going through the sign-in page."""

from __future__ import annotations

import uuid

from flask.testing import FlaskClient

from csiapp.accounts.identity import open_session
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.web import App


def sign_in_as(app: App, user_id: uuid.UUID) -> FlaskClient:
    """A client whose cookie holds a fresh session of this user."""
    with app.app_context():
        reset = writing.set(True)
        token = open_session(user_id, "test client")
        db.session.commit()
        db.session.close()
        writing.reset(reset)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
