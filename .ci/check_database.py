"""Makes a portal from nothing in a folder of its own: migrations, demonstration town, doctor. Fails on any difference
between models and migrations and on anything the doctor fails."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.app import create_app  # noqa: E402 - the checkout is found only now
from portal.config import Settings  # noqa: E402
from portal.db import bound_engine, session  # noqa: E402
from portal.demo import load_demo  # noqa: E402
from portal.doctor.examining import examine  # noqa: E402
from portal.doctor.finding import Level  # noqa: E402
from portal.initialising import initialise  # noqa: E402
from portal.migrating import differences, upgrade  # noqa: E402


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder:
        home = Path(folder)
        for name in [name for name in os.environ if name.startswith("PORTAL_")]:
            del os.environ[name]
        settings = Settings.from_environment(
            {
                "PORTAL_DATABASE_URL": f"sqlite:///{home / 'portal.db'}",
                "PORTAL_FILES_DIR": str(home / "files"),
                "PORTAL_SEARCH_INDEX_DIR": str(home / "index"),
                "PORTAL_LOG_DIR": str(home / "logs"),
                "PORTAL_SECRET_FILE": str(home / "secret_key"),
                "PORTAL_LOG_LEVEL": "warning",
            }
        )
        app = create_app(settings)
        with app.app_context():
            problems = check(settings)
            session.remove()
        bound_engine().dispose()
    for line in problems:
        print(line, file=sys.stderr)
    print(f"database: {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


def check(settings: Settings) -> list[str]:
    upgrade()
    problems = [f"models and migrations differ: {line}" for line in differences()]
    initialise(settings)
    if initialise(settings) != initialise(settings):
        problems.append("`portal init` does something the second time")
    done = load_demo(settings)
    print(done, file=sys.stderr)
    if not done.startswith("loaded"):
        problems.append(f"the demonstration was not loaded: {done}")
    problems += [finding.as_line() for finding in examine(settings, deep=True) if finding.level is Level.FAIL]
    return problems


if __name__ == "__main__":
    sys.exit(main())
