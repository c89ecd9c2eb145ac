"""The access log the law asks for (Computer Crime Act, section 26): kept at least 90 days, a file a Bangkok day.

A line holds time, person's id, address, method, path, status and milliseconds; never the query string, which may
hold what somebody looked for.
"""

import json
import os
import time
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, Response, g, request

from portal.db import now
from portal.thai.dates import BANGKOK


class AccessLog:
    """Appends lines to `access-YYYY-MM-DD.log`; several processes may write, each line in one write."""

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, **entry: object) -> None:
        moment = now().astimezone(BANGKOK)
        line = json.dumps({"at": moment.isoformat(timespec="seconds"), **entry}, ensure_ascii=False) + "\n"
        path = self.folder / f"access-{moment.date().isoformat()}.log"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def forget(self, today: date, keep_days: int) -> int:
        """Remove the files of days older than `keep_days`; answers how many."""
        oldest = today - timedelta(days=keep_days)
        removed = 0
        for path in self.folder.glob("access-*.log"):
            try:
                day = date.fromisoformat(path.stem.removeprefix("access-"))
            except ValueError:
                continue
            if day < oldest:
                path.unlink()
                removed += 1
        return removed


def install(app: Flask, log: AccessLog) -> None:
    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        if request.endpoint == "static":
            return response
        try:
            log.write(
                person=g.get("person_id"),
                address=request.remote_addr,
                method=request.method,
                path=_path_without_secret(),
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
                request=g.get("request_id"),
            )
        except OSError:
            # A full or read-only disk must not take the portal down; `portal doctor` and /healthz tell of it.
            app.logger.error("access log can't be written")
        return response


def _path_without_secret() -> str:
    """The path; a secret that is part of an address (a one-time link) is not written down."""
    secret = (request.view_args or {}).get("secret")
    return request.path.replace(str(secret), "…") if secret else request.path
