"""What the kinds of everything that is found are called: those of the store, of threads and of meetings."""

from typing import Final

from portal.communities.naming import THREAD_KINDS
from portal.knowledge.kinds import STORE_KINDS
from portal.meetings.naming import EVENT_KINDS

FOUND_KINDS: Final[dict[str, str]] = {
    **STORE_KINDS,
    **{str(kind): name for kind, name in THREAD_KINDS.items()},
    **{str(kind): name for kind, name in EVENT_KINDS.items()},
}
