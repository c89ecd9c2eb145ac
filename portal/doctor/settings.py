"""Settings of the machine, and what a portal that people rely on must have."""

import os
import platform
import stat
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, or_, select

from portal.config import Raw, Settings
from portal.doctor.finding import Finding, fail, ok, warn
from portal.people.models import OrganisationSetting, Person, RoleGrant, RoleName, Unit
from portal.thai.dates import bangkok_today

LEAST_SECRET = 32
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def look(settings: Settings, environ: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """What of the environment is missing, weak or at odds with itself."""
    environ = os.environ if environ is None else environ
    yield ok("version", f"km-portal {version('km-portal')} on Python {platform.python_version()}")
    known = {Raw.variable(field.name) for field in fields(Raw)}
    strange = sorted(name for name in environ if name.startswith("PORTAL_") and name not in known)
    for name in strange:
        near = get_close_matches(name, known, 1)
        yield warn("settings", f"{name} is no setting", f"is {near[0]} meant?" if near else "remove it")
    if not strange:
        yield ok("settings", "all of them known")
    yield from _secret(settings, environ)
    yield from _cookies(settings)


def _secret(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    given = Raw.variable("secret_key") in environ
    name = "PORTAL_SECRET_KEY" if given else "the key in PORTAL_SECRET_FILE"
    if len(settings.secret_key) < LEAST_SECRET or len(set(settings.secret_key)) < 10:
        yield fail(
            "secret key",
            f"{name} can be guessed: {len(settings.secret_key)} characters",
            "leave PORTAL_SECRET_KEY empty and a good one is made",
        )
    else:
        yield ok("secret key", f"{name} is long enough")
    path = Path(environ.get(Raw.variable("secret_file")) or Raw().secret_file)
    if not given and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield fail("secret file", f"others can read {path}", f"chmod 600 {path}")


def _cookies(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.base_url)
    if settings.secure_cookies:
        yield ok("cookies", "travel over TLS only")
    elif url.scheme == "http" and url.hostname not in THIS_MACHINE:
        yield fail(
            "cookies",
            f"people reach {settings.base_url} without TLS: whoever is on the network can take over a session",
            "put the portal behind TLS and set PORTAL_BASE_URL to its https address",
        )
    elif settings.behind_proxies:
        yield fail(
            "cookies",
            "the portal is behind a reverse proxy and its cookies may travel without TLS",
            "set PORTAL_BASE_URL to the https address under which people reach it",
        )
    else:
        yield ok("cookies", "without TLS, for this machine only")
    if not settings.base_url:
        yield warn(
            "address",
            "PORTAL_BASE_URL is empty: links in mails take the address of whoever asked",
            "set it to the address under which people reach the portal",
        )


def organisation(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Whether there is an organisation, and somebody active who administers it."""
    root = connection.execute(select(Unit.id, Unit.name).where(Unit.parent_id.is_(None)).limit(1)).first()
    if root is None:
        yield warn(
            "organisation", "none yet", "open the portal and enter the set-up code that `portal init` prints"
        )
        return
    yield ok("organisation", root.name)
    today = bangkok_today()
    admins = connection.scalar(
        select(func.count(Person.id.distinct()))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == RoleName.ADMIN, RoleGrant.from_date <= today, Person.deactivated_at.is_(None)
        )
        .where(or_(RoleGrant.to_date.is_(None), RoleGrant.to_date >= today))
        .where(Person.password_hash.is_not(None))
    )
    if admins:
        yield ok("admins", f"{admins} can sign in")
    else:
        yield fail("admins", "nobody who can sign in is an admin", "run `portal create-admin USERNAME`")
    demo = connection.scalar(
        select(OrganisationSetting.value).where(
            OrganisationSetting.key == "demo", OrganisationSetting.organisation_id == root.id
        )
    )
    if demo and not settings.demo:
        yield warn(
            "demonstration",
            "this is the invented town; everybody knows its passwords",
            "use it on this machine only",
        )
