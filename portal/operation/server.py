"""The server of one machine: gunicorn for the pages and one worker process for long jobs beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.operation.collecting import keep_started


class Server(BaseApplication):
    """gunicorn without a configuration file; the application is loaded once and shared by its processes."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, *, host: str, port: int, processes: int, threads: int) -> None:
    """Serve until stopped; the job worker lives and ends with the server."""
    worker = subprocess.Popen([sys.executable, "-m", "portal", "worker"], env=os.environ)

    def end_worker(_arbiter: object) -> None:
        worker.terminate()

    keep_started()
    Server(
        app,
        {
            "bind": f"{host}:{port}",
            "workers": processes,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "loglevel": "warning",
            "on_exit": end_worker,
        },
    ).run()
