"""The yardstick: one SELECT of 50 rows, one template, no session. Never edited, so that ratios can be compared over the years."""

from jinja2 import Environment
from sqlalchemy import create_engine, text

TEMPLATE = """<!doctype html>
<html lang="th"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1>
<table>{% for row in rows %}
<tr><td>{{ row.id }}</td><td><a href="/knowledge/{{ row.id }}">{{ row.title }}</a></td><td>{{ row.state }}</td></tr>{% endfor %}
</table></body></html>
"""


class TrivialPage:
    """A WSGI application that answers every request with the 50 newest items."""

    def __init__(self, database_url):
        self._url = database_url
        self._engine = None
        self._template = Environment(autoescape=True).from_string(TEMPLATE)

    def __call__(self, environ, start_response):
        if self._engine is None:  # each process opens its own
            self._engine = create_engine(self._url)
        with self._engine.connect() as connection:
            rows = connection.execute(
                text("SELECT id, title, state FROM item ORDER BY id DESC LIMIT 50")
            ).all()
        page = self._template.render(title="Trivial", rows=rows).encode()
        start_response(
            "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))]
        )
        return [page]
