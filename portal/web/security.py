"""Headers that every answer carries, and the request's own number."""

import secrets

from flask import Flask, Response, g, request

# Nothing from elsewhere, nothing inline. blob: is a picture that was just pasted and not yet sent.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600
# Of a million letters of Thai, percent-encoded nine megabytes, the form says that they are too many, and keeps them.
LONGEST_FORM = 12 * 1024 * 1024


def install(app: Flask, *, over_tls: bool) -> None:
    @app.before_request
    def number_request() -> None:
        g.request_id = secrets.token_hex(6)

    @app.before_request
    def refuse_what_no_text_is_as_long_as() -> None:
        """Unquoted field by field, a form of forty megabytes costs seconds. Only files come to so much, and their form is read
        by its parts."""
        if request.mimetype != "multipart/form-data":
            request.max_content_length = min(LONGEST_FORM, app.config["MAX_CONTENT_LENGTH"])

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if over_tls:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        elif request.endpoint != "static" and response.headers.get("Cache-Control", "no-cache") == "no-cache":
            # A shared PC in an office: the back button must not show what the last person read. "no-cache" alone is what a
            # file is given by the library that sends it.
            response.headers["Cache-Control"] = "no-store"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
