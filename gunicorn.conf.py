"""How gunicorn serves the product; read by `gunicorn wsgi:app`.

Bound to this machine unless WEB_BIND says otherwise: a proxy that speaks TLS stands in front.
"""

from __future__ import annotations

import os
from pathlib import Path

wsgi_app = "wsgi:app"
preload_app = True  # loaded once: the workers are forks of it and share its memory
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")

# Threads, because a request waits for the database more than it computes.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 5

# Workers are replaced now and then, not all at once, so that no leak grows for ever.
max_requests = 10_000
max_requests_jitter = 1_000

# The workers' heartbeat is a file: in memory it never waits for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - made with mkstemp

accesslog = "-"
errorlog = "-"
access_log_format = '%(t)s "%(r)s" %(s)s %(b)s %(M)sms'

# Nothing here uses the control socket, which wants a writable home folder.
control_socket_disable = True
