"""Which addresses a text may carry, decided once for the parser, the cleaners and plain text."""

import re
from urllib.parse import unquote

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# Search engines give no credit, the other site learns neither the page nor a handle on its window.
EXTERNAL_REL = "nofollow noopener noreferrer"

# Browsers skip these inside a scheme: "java\tscript:" runs.
IGNORED_BY_BROWSERS = re.compile(
    r"[\x00-\x20\x7f-\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]"
)
SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
OWN_PICTURE = re.compile(r"^/files/[^\s\\?#<>\"']+$")


def is_safe_link(address: str) -> bool:
    """Whether a link may lead there: http, https, mailto, tel, or a place on this site."""
    bare = IGNORED_BY_BROWSERS.sub("", address)
    if not bare or bare.startswith(("\\", "/\\")):
        return False
    scheme = SCHEME.match(bare)
    if scheme:
        return scheme.group(1).lower() in SCHEMES
    # A colon before the first slash that is no scheme of ours is a scheme to somebody else's parser.
    return ":" not in re.split(r"[/?#]", bare, maxsplit=1)[0]


def is_external(address: str) -> bool:
    """Whether a link leaves this site; mail and telephone do not."""
    bare = IGNORED_BY_BROWSERS.sub("", address).replace("\\", "/").lower()
    return bare.startswith(("http:", "https:", "//"))


def is_own_picture(address: str) -> bool:
    """Whether a picture is one of this portal's files; anything else would tell another site who reads."""
    return bool(OWN_PICTURE.match(address)) and ".." not in unquote(unquote(address)).split("/")
