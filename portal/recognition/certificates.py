"""An award as a certificate to print: signed by who is in charge of the highest post on the day it was given."""

from portal import templating
from portal.documents.certificate import Certificate
from portal.documents.memo import Opinion
from portal.people.listing import places_of
from portal.people.models import Person, Rank, Unit
from portal.people.superiors import NOBODY, Establishment, incumbents_on
from portal.recognition.models import Award
from portal.recognition.wording import name_of, worded
from portal.thai.dates import bangkok_day
from portal.thai.numerals import Numerals
from portal.translating import speaking

_SIGNING = (Rank.CHIEF_EXECUTIVE, Rank.PERMANENT_SECRETARY)


def certificate_of(award: Award, organisation: Unit, reader: Person, numerals: Numerals) -> Certificate:
    """In Thai and in these numerals, whoever prints it; what the reader may not know of is not named."""
    readers_own = templating.numerals.set(numerals)
    try:
        with speaking("th"):
            return _certificate(award, organisation, reader)
    finally:
        templating.numerals.reset(readers_own)


def _certificate(award: Award, organisation: Unit, reader: Person) -> Certificate:
    (words,) = worded([award], reader)
    return Certificate(
        organisation=organisation.name,
        name=award.person.name,
        title=name_of(award),
        reason=words.reason,
        day=bangkok_day(award.awarded_at),
        signer=_signer(award),
    )


def _signer(award: Award) -> Opinion:
    """Who holds, or acts in, the highest post; an empty post leaves a line to be signed."""
    establishment = Establishment.of(award.organisation_id)
    post_id = next((one for rank in _SIGNING if (one := establishment.highest(rank)) is not None), None)
    if post_id is None:
        return Opinion("", "", "")
    post, day = establishment.positions[post_id], bangkok_day(award.awarded_at)
    in_charge = incumbents_on([post_id], day).get(post_id, NOBODY)
    if in_charge.acting is None:
        return Opinion("", in_charge.holder.name if in_charge.holder else "", post.title)
    own = [
        place
        for place in places_of([in_charge.acting.id], day).get(in_charge.acting.id, [])
        if not place.is_acting
    ]
    return Opinion(
        "",
        in_charge.acting.name,
        post.title,
        acting=True,
        own_position=own[0].position.title if own else "",
    )
