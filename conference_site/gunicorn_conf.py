"""How gunicorn serves the site, in the demo and in production alike."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from conference_site.log_lines import LineFormatter

PROJECT = Path(__file__).resolve().parent.parent

wsgi_app = "conference_site.wsgi:application"
bind = f"{os.environ.get('BIND_ADDRESS', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "4"))
worker_class = "conference_site.web_worker.Worker"
threads = 4
timeout = 30  # also of waiting for what a client sends or takes
graceful_timeout = 25
# Loaded once and forked: half the memory, and ready in two thirds of the time. Nothing
# may connect to the database before, as all workers would share that connection.
preload_app = True
accesslog = None
control_socket_disable = True  # it would be made in the home folder


def on_starting(server: Any) -> None:
    """In a process of its own: the first process does without Django."""
    for handler in server.log.error_log.handlers:
        old = handler.formatter
        handler.setFormatter(LineFormatter(old._fmt, old.datefmt))
    question = [sys.executable, str(PROJECT / "manage.py"), "may_serve"]
    if answer := subprocess.run(question, check=False).returncode:  # noqa: S603 ours
        sys.exit(answer)
