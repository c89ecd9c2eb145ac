"""What the kinds of everything that is found are called: those of the store, and those of threads."""

from typing import Final

from portal.communities.naming import THREAD_KINDS
from portal.knowledge.kinds import STORE_KINDS

FOUND_KINDS: Final[dict[str, str]] = {
    **STORE_KINDS,
    **{str(kind): name for kind, name in THREAD_KINDS.items()},
}
