"""What was released: the tags `v…` of the checkout, and the migration each of them ended with."""

import re
import subprocess
from collections.abc import Collection
from pathlib import Path

VERSIONS = "portal/migrations/versions"
_REVISION = re.compile(r"""^revision\b[^=\n]*= *["']([^"']+)""", re.M)
_AFTER = re.compile(r"""^down_revision\b[^=\n]*= *["']([^"']+)""", re.M)


def released(checkout: Path) -> list[tuple[str, str]]:
    """(tag, its newest revision), oldest release first; empty when nothing was released, or this is no checkout."""
    if not (checkout / ".git").exists():
        return []
    tags = git(checkout, "tag", "--list", "v*", "--sort=version:refname").split()
    return [(tag, _newest(migrations_of(checkout, tag).values(), tag)) for tag in tags]


def migrations_of(checkout: Path, tag: str) -> dict[str, str]:
    """Path and text of each migration, as they were released with the tag."""
    paths = git(checkout, "ls-tree", "-r", "--name-only", tag, f"{VERSIONS}/").split()
    return {path: git(checkout, "show", f"{tag}:{path}") for path in paths if path.endswith(".py")}


def _newest(texts: Collection[str], tag: str) -> str:
    revisions = {found[1] for text in texts if (found := _REVISION.search(text))}
    followed = {found[1] for text in texts if (found := _AFTER.search(text))}
    heads = revisions - followed
    assert len(heads) == 1, f"{tag} ends in {sorted(heads)}, not in one migration"
    return heads.pop()


def git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=checkout, check=True, capture_output=True, text=True
    ).stdout
