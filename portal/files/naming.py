"""Names of files as people gave them: kept, Thai and all, without what could mislead a reader or a disk."""

from portal.files.recognising import ENDINGS, ending_of
from portal.thai.clusters import snap
from portal.thai.repair import repair

LONGEST = 255  # characters; what the name of an attachment holds
NAMELESS = "file"
# How a picture's ending must read after it was drawn anew.
_ENDING_OF = {"image/jpeg": "jpg", "image/png": "png"}
_GOOD_ENDINGS = {"image/jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif"}), "image/png": frozenset({"png"})}


def tidy_name(name: str) -> str:
    """The last part of what a browser sent as a file's name: repaired, without folders, control characters, marks of
    writing direction, and dots or blanks at its ends; at most LONGEST characters, cut between letters, ending kept."""
    name = repair(name.replace("\\", "/").rpartition("/")[2])
    name = " ".join(name.split()).strip(" .")
    if not name:
        return NAMELESS
    if len(name) <= LONGEST:
        return name
    ending = ending_of(name)
    ending = f".{name[-len(ending) :]}" if ending in ENDINGS else ""
    stem = name[: len(name) - len(ending)]
    return stem[: snap(stem, LONGEST - len(ending))].rstrip(" .") + ending


def name_for(name: str, media_type: str) -> str:
    """The name with the ending of what is kept: a WebP that became a JPEG is called so."""
    good = _GOOD_ENDINGS.get(media_type)
    if good is None or ending_of(name) in good:
        return name
    stem = name.rpartition(".")[0] or name
    return tidy_name(f"{stem}.{_ENDING_OF[media_type]}")
