"""Who asks, who votes, who ends a poll, and who sees how it stands."""

from portal.communities.permissions import can_lead, is_member
from portal.communities.poll_models import Poll
from portal.communities.thread_models import Thread
from portal.communities.thread_permissions import can_reply
from portal.items.permissions import can_see
from portal.people.models import Person
from portal.thai.dates import bangkok_today


def is_over(poll: Poll) -> bool:
    """Nobody votes any more: it was ended or its last day is over. While the thread is locked nobody votes either."""
    if poll.ended_at is not None or poll.thread.lock is not None or not poll.thread.is_published:
        return True
    return poll.last_day is not None and poll.last_day < bangkok_today()


def can_ask(person: Person | None, thread: Thread) -> bool:
    """Who began the thread, or leads the community, while members may reply."""
    return can_reply(person, thread) and may_send_poll(person, thread)


def may_send_poll(person: Person | None, thread: Thread) -> bool:
    """Of these also who finds it just locked: the page says so, with what was typed."""
    return (
        person is not None
        and is_member(person, thread.community)
        and (can_reply(person, thread) or thread.lock is not None)
        and (person.id == thread.author_id or can_lead(person, thread.community))
    )


def can_vote(person: Person | None, poll: Poll) -> bool:
    """Every member, till it is over."""
    return can_reply(person, poll.thread) and not is_over(poll)


def can_end(person: Person | None, poll: Poll) -> bool:
    """Who asked, or who leads the community, while it goes on."""
    return (
        person is not None
        and can_vote(person, poll)
        and (person.id == poll.made_by_id or can_lead(person, poll.thread.community))
    )


def can_see_result(person: Person | None, poll: Poll, *, has_voted: bool) -> bool:
    """Who has voted, and at the end everybody who reads the thread: nobody votes as others did."""
    return can_see(person, poll.thread) and (has_voted or is_over(poll))
