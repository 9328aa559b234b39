"""The WSGI entry point."""

from __future__ import annotations

from config import load_settings
from csiapp.app import create_app

app = create_app(load_settings())
