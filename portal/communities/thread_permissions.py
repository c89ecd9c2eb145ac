"""Who may do what with threads. Who reads them the community's token says: `Item.visible_to` and `can_see` are of all items."""

from portal.communities.models import Community
from portal.communities.permissions import can_lead, is_member
from portal.communities.thread_models import Thread, ThreadKind
from portal.items.models import Post
from portal.items.permissions import can_edit, can_see
from portal.items.suspending import Standing, is_suspended, standing_suspension
from portal.people.audiences import group_token
from portal.people.models import Person


def can_start_thread(person: Person | None, community: Community) -> bool:
    """Every member, while the community's work goes on and he is not suspended."""
    return may_start_thread(person, community) and suspension_in(person, community) is None


def may_start_thread(person: Person | None, community: Community) -> bool:
    """The same but for a suspension, which its page tells of."""
    return is_member(person, community) and not community.is_closed_down


def suspension_in(person: Person | None, community: Community) -> Standing | None:
    """What keeps the person from writing in the community now; None when he may."""
    return standing_suspension(person, {group_token(community.group_id)})


def can_announce(person: Person | None, community: Community) -> bool:
    """Announcements are of those who lead it."""
    return can_start_thread(person, community) and can_lead(person, community)


def can_edit_opening(person: Person | None, thread: Thread) -> bool:
    """Who opened it, as long as he is a member and nobody has locked it."""
    return can_edit(person, thread) and may_reply(person, thread)


def can_reply(person: Person | None, thread: Thread) -> bool:
    """Every member, while nobody has locked it and he is not suspended."""
    return may_reply(person, thread) and not is_suspended(person, thread)


def may_reply(person: Person | None, thread: Thread) -> bool:
    """The same but for a suspension, which the page of the thread tells of."""
    return (
        thread.is_published
        and can_see(person, thread)
        and is_member(person, thread.community)
        and thread.lock is None
    )


def may_send_reply(person: Person | None, thread: Thread) -> bool:
    """The same, and every member who finds it just locked: its page says so, with what was typed."""
    return may_reply(person, thread) or (
        thread.lock is not None
        and thread.is_published
        and can_see(person, thread)
        and is_member(person, thread.community)
    )


def can_accept_answer(person: Person | None, thread: Thread, post: Post) -> bool:
    """Who asked says which reply answered him, or who leads the community; a hidden one answers nothing."""
    return (
        thread.kind == ThreadKind.QUESTION
        and thread.is_published
        and post.item_id == thread.id
        and post.hidden_at is None
        and can_see(person, thread)
        and is_member(person, thread.community)
        and person is not None
        and (person.id == thread.author_id or can_lead(person, thread.community))
    )


def can_lock(person: Person | None, thread: Thread) -> bool:
    """Who leads the community, while he is not suspended: what he says of it all read."""
    return (
        thread.is_published
        and can_see(person, thread)
        and can_lead(person, thread.community)
        and not is_suspended(person, thread)
    )
