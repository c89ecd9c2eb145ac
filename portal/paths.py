"""Where the project's own material lies: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def material(name: str) -> Path:
    """The folder of templates, static files or content that ships with the portal.

    A wheel carries them inside the package; an editable install leaves them at the top of the project.
    RuntimeError when neither place has it: the installation is broken.
    """
    for base in (_PACKAGE, _PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise RuntimeError(f"the installation lacks its folder {name}/")


TEMPLATES = material("templates")
STATIC = material("static")
CONTENT = material("content")
LOCALE = _PACKAGE / "locale"
MIGRATIONS = _PACKAGE / "migrations"
