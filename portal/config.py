"""What the machine decides, read once from the environment. What an organisation decides is stored in the portal."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class BadSetting(ValueError):
    """A setting that can't be used; the message names it and says what is allowed."""


def _setting(default: str, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Raw:
    """Every setting as text, with its default and meaning. README's table is held against this list by a test."""

    database_url: str = _setting(
        "sqlite:///instance/portal.db", "where the data is: SQLite file or postgresql://…"
    )
    files_dir: str = _setting(
        "instance/files", "folder of uploaded files; shared storage when there are several servers"
    )
    search_index_dir: str = _setting(
        "search_index",
        "folder of the search index, a cache that is rebuilt at will; on PostgreSQL the index is in the database",
    )
    log_dir: str = _setting("instance/logs", "folder of the access log, one file a day, kept 90 days")
    secret_key: str = _setting(
        "", "signs cookies and links; empty: made once and kept in the file named by PORTAL_SECRET_FILE"
    )
    secret_file: str = _setting("instance/secret_key", "where a secret key that was made here is kept")
    mail_url: str = _setting(
        "",
        "smtp://user:password@host:587 or smtps://…, needs PORTAL_BASE_URL; empty: mails are kept and shown to the admin",
    )
    mail_from: str = _setting("portal@localhost", "sender of every mail")
    base_url: str = _setting(
        "", "address under which people reach the portal, used in mails; empty: taken from the request"
    )
    behind_proxies: str = _setting("0", "number of reverse proxies whose X-Forwarded headers are believed")
    secure_cookies: str = _setting(
        "", "1: cookies only over TLS; empty: when PORTAL_BASE_URL begins with https"
    )
    max_upload_mb: str = _setting("40", "largest upload, in megabytes")
    demo: str = _setting("", "1: demo mode, accounts shown on the sign-in page, serves on 127.0.0.1 only")
    paper_fonts_dir: str = _setting(
        "",
        "folder with the organisation's own TrueType fonts for PDF and DOCX (TH SarabunPSK, say); empty: the Sarabun that ships",
    )
    limit_default: str = _setting(
        "600 per minute",
        "requests from one person or address; like the limits below counted in each web worker, so that the portal as a "
        "whole lets at most `--workers` (2) times as many through",
    )
    limit_search: str = _setting(
        "120 per minute", "searches and requests to the API from one person or address"
    )
    limit_write: str = _setting(
        "60 per minute", "forms sent by one person or address, wherever they are sent"
    )
    limit_upload: str = _setting(
        "60 per minute", "files sent by one person or address, besides the limit before"
    )
    limit_sign_in: str = _setting(
        "30 per minute",
        "forms for signing in or getting a password from one address, besides the account's own brake",
    )
    access_log_days: str = _setting("90", "days the access log is kept; the law asks for at least 90")
    log_level: str = _setting("info", "debug, info, warning or error")

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a setting, `PORTAL_DATABASE_URL` for `database_url`."""
        return f"PORTAL_{name.upper()}"


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Settings:
    """The settings with their types; relative paths are taken from the folder the portal is started in."""

    database_url: str
    files_dir: Path
    search_index_dir: Path
    log_dir: Path
    secret_key: str
    mail_url: str
    mail_from: str
    base_url: str
    behind_proxies: int
    secure_cookies: bool
    max_upload: int
    demo: bool
    paper_fonts_dir: Path | None
    limits: Mapping[str, Rate]
    access_log_days: int
    log_level: str

    @property
    def on_postgresql(self) -> bool:
        """Whether the data is in PostgreSQL, where several servers may share it; else it is in a file of SQLite."""
        return self.database_url.startswith("postgresql")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read `PORTAL_…`; BadSetting names what can't be used. Makes and keeps a secret key when none is given."""
        environ = os.environ if environ is None else environ
        given = {f.name: environ.get(Raw.variable(f.name), "").strip() for f in fields(Raw)}
        raw = Raw(**{name: value for name, value in given.items() if value})
        if raw.mail_url and not raw.base_url:
            raise BadSetting(
                "PORTAL_MAIL_URL needs PORTAL_BASE_URL: the links in mails must not be taken from a request"
            )
        return cls(
            database_url=_database_url(raw.database_url),
            files_dir=Path(raw.files_dir).absolute(),
            search_index_dir=Path(raw.search_index_dir).absolute(),
            log_dir=Path(raw.log_dir).absolute(),
            secret_key=raw.secret_key or _kept_secret(Path(raw.secret_file).absolute()),
            mail_url=_mail_url(raw.mail_url),
            mail_from=raw.mail_from,
            base_url=raw.base_url.rstrip("/"),
            behind_proxies=_whole("behind_proxies", raw.behind_proxies, 0),
            secure_cookies=raw.secure_cookies == "1"
            or (not raw.secure_cookies and raw.base_url.startswith("https://")),
            max_upload=_whole("max_upload_mb", raw.max_upload_mb, 1) * 1024 * 1024,
            demo=raw.demo == "1",
            paper_fonts_dir=_folder("paper_fonts_dir", raw.paper_fonts_dir),
            limits={
                f.name[6:]: _rate(f.name, getattr(raw, f.name))
                for f in fields(Raw)
                if f.name.startswith("limit_")
            },
            access_log_days=_whole("access_log_days", raw.access_log_days, 90),
            log_level=_one_of("log_level", raw.log_level, ("debug", "info", "warning", "error")),
        )


def _rate(name: str, text: str) -> Rate:
    found = re.fullmatch(r"([1-9][0-9]{0,8}) per (second|minute|hour|day)", text)
    if found is None:
        raise BadSetting(f"{Raw.variable(name)} must be a figure like 600 per minute, not {text!r}")
    return Rate(int(found[1]), {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[found[2]])


def _database_url(url: str) -> str:
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return url
    if not url.startswith("sqlite:///"):
        raise BadSetting("PORTAL_DATABASE_URL must begin with sqlite:/// or postgresql://")
    path = url.removeprefix("sqlite:///")
    return url if path in ("", ":memory:") else f"sqlite:///{Path(path).absolute()}"


def _mail_url(url: str) -> str:
    if url and not url.startswith(("smtp://", "smtps://")):
        raise BadSetting("PORTAL_MAIL_URL must begin with smtp:// or smtps://")
    return url


def _whole(name: str, text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise BadSetting(f"{Raw.variable(name)} must be a whole number of at least {least}, not {text!r}")
    return number


def _folder(name: str, text: str) -> Path | None:
    if text and not Path(text).is_dir():
        raise BadSetting(f"{Raw.variable(name)} must be a folder that is there, not {text!r}")
    return Path(text).absolute() if text else None


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise BadSetting(f"{Raw.variable(name)} must be one of {', '.join(allowed)}, not {text!r}")
    return text


def _kept_secret(path: Path) -> str:
    """The key in the file, made there (readable by the owner only) when there is none."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(48)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(key)
        return key
