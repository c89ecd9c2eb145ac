"""The catalogue: `compile` makes portal/locale/th.mo of the rooms' .po files, `check` fails when anything is missing.

Checked: every message in code and templates has Thai, no room says the same message differently, the compiled
catalogue is what the .po files say.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "portal" / "locale" / "th"
COMPILED = ROOT / "portal" / "locale" / "th.mo"
KEYWORDS = {
    "gettext": None,
    "ngettext": (1, 2),
    "_": None,
    "_l": None,
    "lazy_gettext": None,
    "N_": None,
    "Lazy": None,
}
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.do,jinja2.ext.i18n", "trim_blocks": "true"}}


def key_of(message_id):
    return message_id if isinstance(message_id, str) else message_id[0]


def wanted() -> dict[str, str]:
    """Every msgid with the first place it is used."""
    found: dict[str, str] = {}
    for folder in ("portal", "templates"):
        for name, line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
        ):
            found.setdefault(key_of(message), f"{folder}/{name}:{line}")
    found.pop("", None)
    return found


def merged() -> tuple[Catalog, list[str]]:
    """All rooms' catalogues as one, and what is wrong with them."""
    # Without a day of its own the catalogue carries the minute it was made, and is another one a minute later.
    catalogue, problems = Catalog(locale="th", creation_date=SOME_DAY, revision_date=SOME_DAY), []
    for path in sorted(SOURCES.glob("*.po")):
        with path.open("rb") as file:
            one = read_po(file, locale="th")
        for message in one:
            if not message.id or not message.string or message.fuzzy:
                continue
            known = catalogue.get(key_of(message.id))
            thai = message.string if isinstance(message.string, str) else message.string[0]
            if known is not None:
                before = known.string if isinstance(known.string, str) else known.string[0]
                if before != thai:
                    problems.append(
                        f"{path.name}: {key_of(message.id)!r} is {thai!r} here and {before!r} elsewhere"
                    )
                if isinstance(message.id, str) or not isinstance(known.id, str):
                    continue
                catalogue.delete(known.id)
            catalogue.add(message.id, (thai,) if not isinstance(message.id, str) else thai)
    return catalogue, problems


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main(what: str) -> int:
    catalogue, problems = merged()
    missing = [f"{place}: {text!r}" for text, place in wanted().items() if catalogue.get(text) is None]
    if what == "compile":
        COMPILED.write_bytes(compiled(catalogue))
        print(f"{len(catalogue)} messages compiled", file=sys.stderr)
        for line in missing:
            print(f"without Thai: {line}", file=sys.stderr)
        return 0
    if what == "missing":
        for line in missing:
            print(line)
        return 0
    problems += [f"without Thai: {line}" for line in missing]
    if not COMPILED.exists() or COMPILED.read_bytes() != compiled(catalogue):
        problems.append("portal/locale/th.mo is not what the .po files say: run `make translations`")
    for line in problems:
        print(line, file=sys.stderr)
    print(f"translations: {len(catalogue)} messages, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
