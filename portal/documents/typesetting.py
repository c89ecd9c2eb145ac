"""Sets a PDF in a process of its own, which is ended when it takes too long.

Typst has no limit of time and memory of its own, and runs inside the process that calls it.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from portal.documents.memo import PaperTooLong
from portal.documents.typefaces import Typeface
from portal.errors import PortalError
from portal.paths import TEMPLATES
from portal.translating import N_

_log = logging.getLogger(__name__)

FOLDER: Final = TEMPLATES / "paper"
_COMPILER: Final = Path(__file__).with_name("compiling.py")


class PaperFailed(PortalError):
    message = N_("The document could not be made. The log of the portal says why.")


def typeset(template: str, paper: dict[str, Any], face: Typeface, *, seconds: float) -> bytes:
    """The PDF of a template of `templates/paper` filled with data.

    PaperTooLong when it takes longer than `seconds`; PaperFailed when no PDF comes of it, and the log has the reason.
    """
    job = {
        "template": str(FOLDER / template),
        "root": str(FOLDER),
        "fonts": str(face.folder),
        "paper": json.dumps(paper, ensure_ascii=False),
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter on our own file; what people wrote goes in as data
            [sys.executable, "-I", str(_COMPILER)],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _log.warning("a paper of %d characters took longer than %s seconds", len(job["paper"]), seconds)
        raise PaperTooLong from None
    problems = done.stderr.decode("utf-8", "replace").strip()
    if problems:
        _log.warning("typesetting %s: %s", template, problems[:2000])
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PaperFailed
    return done.stdout
