"""The least that Flask can do: a view that returns the same bytes from memory.

Served by gunicorn like the product. BENCH_BODIES names a folder with one file for each page, as
the product sent it, and one with its headers.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, Response

_FOLDER = Path(os.environ["BENCH_BODIES"])
_BODIES = {path.stem: path.read_bytes() for path in _FOLDER.glob("*.body")}
_HEADERS = {path.stem: json.loads(path.read_text()) for path in _FOLDER.glob("*.json")}

app = Flask(__name__, static_folder=None)


@app.get("/<name>")
def same_bytes(name: str) -> Response:
    return Response(_BODIES[name], headers=_HEADERS[name])
