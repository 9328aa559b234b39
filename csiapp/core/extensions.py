"""Unbound Flask extensions. Imports nothing of csiapp but the base of the models."""

from __future__ import annotations

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from csiapp.core.db import Base
from csiapp.core.tenancy import GuardedSession

db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": GuardedSession})
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
htmx = Htmx()
limiter = Limiter(key_func=get_remote_address, default_limits=[])
