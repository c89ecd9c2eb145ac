"""Who words which notices, who reminds, and whose days stand in the calendar: the domains are joined with the room below them
here and nowhere else."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from portal.communities import wording_kept as of_kept_threads
from portal.communities import wording_notices as of_communities
from portal.communities.carrying import CARRIED
from portal.communities.hearing import NEW_TALK
from portal.communities.joining import ASKED_TO_JOIN, BROUGHT_IN, GIVEN_PART, LET_IN
from portal.communities.life import ASLEEP, nudge_the_sleeping
from portal.expertise.tagging import TAG_TAKEN
from portal.expertise.wording import tag_taken_words
from portal.items.following import COMMENT
from portal.items.hiding import HIDDEN, SHOWN_AGAIN
from portal.items.mentioning import MENTION
from portal.items.reacting import REACTED
from portal.items.wording_notices import (
    comment_words,
    hidden_words,
    mention_words,
    reacted_words,
    shown_again_words,
)
from portal.lifting import wording_notices as of_lifting
from portal.lifting.offering import BECAME, OFFERED, offer_unanswered, tell_whose_words_became_knowledge
from portal.meetings import telling as of_meetings
from portal.meetings import wording_notices as meeting_words
from portal.moderation import wording_notices as of_order
from portal.moderation.deciding import DECIDED, TAKEN_AWAY, WARNED
from portal.moderation.letting_through import LET_THROUGH, NOT_LET_THROUGH
from portal.moderation.reporting import HELD, REPORTED
from portal.moderation.suspending import LIFTED, SUSPENDED
from portal.notices.calendar import EventsOf
from portal.notices.wording import Speaker, Speakers, speakers
from portal.plan.needs import NEED_CLOSED
from portal.recognition import wording_notices as of_awards
from portal.recognition.awarding import AWARDED, WITHDRAWN, award_what_was_earned
from portal.search import wording_notices as of_search
from portal.search.saving import NEW_HITS, tell_of_new_results
from portal.search.self_check import LEAK
from portal.training import telling
from portal.training import wording_notices as of_trainings

# Tells (portal/notices/telling.py) what is due at that moment and answers how many it told; asked every minute, in a
# transaction of its own. What was told under a key is not told again, so it need not remember what it did.
Reminder = Callable[[datetime], int]

SPEAKERS: Final[Speakers] = speakers(
    Speaker(COMMENT, comment_words),
    Speaker(MENTION, mention_words),
    Speaker(REACTED, reacted_words),
    Speaker(HIDDEN, hidden_words),
    Speaker(SHOWN_AGAIN, shown_again_words),
    Speaker(REPORTED, of_order.reported_words),
    Speaker(HELD, of_order.held_words),
    Speaker(DECIDED, of_order.decided_words),
    Speaker(TAKEN_AWAY, of_order.taken_away_words),
    Speaker(WARNED, of_order.warned_words),
    Speaker(SUSPENDED, of_order.suspended_words),
    Speaker(LIFTED, of_order.lifted_words),
    Speaker(LET_THROUGH, of_order.let_through_words),
    Speaker(NOT_LET_THROUGH, of_order.not_let_through_words),
    Speaker(telling.DUE, of_trainings.due_words),
    Speaker(telling.OVERDUE, of_trainings.due_words),
    Speaker(telling.STILL_OVERDUE, of_trainings.overdue_words),
    Speaker(telling.WAITING, of_trainings.waiting_words),
    Speaker(telling.STUCK, of_trainings.stuck_words),
    Speaker(telling.RETURNED, of_trainings.returned_words),
    Speaker(telling.FILED, of_trainings.filed_words),
    Speaker(telling.COVERED, of_trainings.covered_words),
    Speaker(telling.ASKED, of_trainings.asked_words),
    Speaker(ASKED_TO_JOIN, of_communities.asked_words),
    Speaker(LET_IN, of_communities.let_in_words),
    Speaker(BROUGHT_IN, of_communities.brought_in_words),
    Speaker(NEW_TALK, of_communities.new_talk_words),
    Speaker(ASLEEP, of_communities.asleep_words),
    Speaker(GIVEN_PART, of_communities.part_words),
    Speaker(CARRIED, of_kept_threads.carried_words),
    Speaker(of_meetings.INVITED, meeting_words.invited_words),
    Speaker(of_meetings.CHANGED, meeting_words.changed_words),
    Speaker(of_meetings.CANCELLED, meeting_words.cancelled_words),
    Speaker(of_meetings.TOMORROW, meeting_words.tomorrow_words),
    Speaker(of_meetings.GIVEN_PART, meeting_words.part_words),
    Speaker(AWARDED, of_awards.awarded_words),
    Speaker(WITHDRAWN, of_awards.withdrawn_words),
    Speaker(TAG_TAKEN, tag_taken_words),
    Speaker(OFFERED, of_lifting.offered_words),
    Speaker(BECAME, of_lifting.became_words),
    Speaker(NEED_CLOSED, of_search.need_closed_words),
    Speaker(NEW_HITS, of_search.new_hits_words),
    Speaker(LEAK, of_search.leak_words),
)
REMINDERS: Sequence[Reminder] = (
    telling.remind_of_due_dates,
    telling.remind_of_passed_dates,
    telling.remind_weekly,
    telling.remind_of_waiting,
    telling.ask_afterwards,
    nudge_the_sleeping,
    of_meetings.remind_of_tomorrow,
    award_what_was_earned,
    offer_unanswered,
    tell_whose_words_became_knowledge,
    tell_of_new_results,
)
CALENDARS: Sequence[EventsOf] = (of_trainings.due_events, meeting_words.calendar_events)
