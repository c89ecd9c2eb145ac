"""The real server with the trivial page and a counter of queries beside the portal. Only here, never in the product."""

import sys
import threading

from sqlalchemy import event

from bench.trivial import TrivialPage
from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine
from portal.serving import Server

PASSED_OVER = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "COMMIT")


def main(port: int, workers: int) -> None:
    settings = Settings.from_environment()
    app = create_app(settings)
    portal, trivial, seen = app.wsgi_app, TrivialPage(settings.database_url), threading.local()

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(PASSED_OVER):
            seen.queries = getattr(seen, "queries", 0) + 1

    event.listen(bound_engine(), "before_cursor_execute", note)

    def dispatch(environ, start_response):
        if environ["PATH_INFO"] == "/trivial":
            return trivial(environ, start_response)
        if environ.get("HTTP_X_COUNT_QUERIES"):
            seen.queries = 0

            def counted(status, headers, *rest):
                return start_response(status, [*headers, ("X-Queries", str(seen.queries))], *rest)

            return portal(environ, counted)
        return portal(environ, start_response)

    app.wsgi_app = dispatch
    Server(app, settings, host="127.0.0.1", port=port, workers=workers).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
