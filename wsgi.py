"""The WSGI entry point."""

from __future__ import annotations

import gc

# Nearly all that is made while the product loads stays for good: the collector would look
# through it again and again in vain, for a third of the time that a start takes.
gc.disable()

from config import load_settings  # noqa: E402
from csiapp.app import create_app  # noqa: E402

app = create_app(load_settings())

gc.freeze()
gc.enable()
