"""Who asks, who votes, who ends a poll, and who sees how it stands."""

from portal.communities.permissions import can_lead
from portal.communities.poll_models import Poll
from portal.communities.thread_models import Thread
from portal.communities.thread_permissions import can_reply, may_send_reply
from portal.items.permissions import can_see
from portal.items.suspending import is_suspended
from portal.people.models import Person
from portal.thai.dates import bangkok_today


def is_over(poll: Poll) -> bool:
    """It was ended, or its last day is over. While its thread is locked nobody votes, but it is not over."""
    return poll.ended_at is not None or (poll.last_day is not None and poll.last_day < bangkok_today())


def can_ask(person: Person | None, thread: Thread) -> bool:
    """Who began the thread, or leads the community, while members may reply."""
    return can_reply(person, thread) and may_send_poll(person, thread)


def may_send_poll(person: Person | None, thread: Thread) -> bool:
    """Of these also who finds it just locked: the page says so, with what was typed."""
    return (
        person is not None
        and may_send_reply(person, thread)
        and (thread.lock is not None or can_reply(person, thread))
        and (person.id == thread.author_id or can_lead(person, thread.community))
    )


def can_vote(person: Person | None, poll: Poll) -> bool:
    """Every member, till it is over or the thread is locked."""
    return can_reply(person, poll.thread) and not is_over(poll)


def may_send_vote(person: Person | None, poll: Poll) -> bool:
    """The same, and every member who finds it just over, the thread just locked or himself suspended: he is told so."""
    return may_send_reply(person, poll.thread)


def can_end(person: Person | None, poll: Poll) -> bool:
    """Who asked, or who leads the community, while it goes on, in a locked thread too: else nobody learned how it ended."""
    return (
        person is not None
        and may_send_reply(person, poll.thread)
        and not is_suspended(person, poll.thread)
        and not is_over(poll)
        and (person.id == poll.made_by_id or can_lead(person, poll.thread.community))
    )


def may_send_end(person: Person | None, poll: Poll) -> bool:
    """The same, and who has ended it himself: a second click finds it done."""
    return can_end(person, poll) or (person is not None and poll.ended_by_id == person.id)


def can_see_result(person: Person | None, poll: Poll, *, has_voted: bool) -> bool:
    """Who has voted, and at the end everybody who reads the thread: nobody votes as others did, nor after a lock that was
    put on for a look."""
    return can_see(person, poll.thread) and (has_voted or is_over(poll))
