"""Knowing people by what a list calls them: user name, e-mail address, or the name with or without its prefix."""

from difflib import get_close_matches

import regex

from portal.db import session
from portal.errors import BadInput
from portal.people.import_register import folded
from portal.people.models import Person
from portal.people.thai_names import split_prefix
from portal.translating import N_

_NUMBERED = regex.compile(r"^\s*(?:[0-9๐-๙]{1,4}\s*[.)/]|[-–•*·])\s*")
_IN_BRACKETS = regex.compile(r"\(([^()]+)\)\s*$")
MOST_SUGGESTED = 3


class NobodyOfThatName(BadInput):
    message = N_("Nobody here is called “%(name)s”.")


class PerhapsSomebodyElse(BadInput):
    message = N_("Nobody here is called “%(name)s”. Is %(near)s meant?")


class SeveralOfThatName(BadInput):
    message = N_("Several people are called “%(name)s”: write the user name, one of %(usernames)s.")


class HasLeft(BadInput):
    message = N_("%(person)s has left.")


class Colleagues:
    """Everybody of an organisation, read in one query."""

    def __init__(self, person: Person):
        self._by_account: dict[str, Person] = {}
        self._by_name: dict[str, list[Person]] = {}
        self.by_id: dict[int, Person] = {}
        for colleague in session.scalars(Person.visible_to(person).order_by(Person.sort_key, Person.id)):
            self.by_id[colleague.id] = colleague
            for account in (colleague.username, colleague.email):
                if account:
                    self._by_account[account] = colleague
            bare = folded(colleague.first_name + colleague.last_name)
            for name in {bare, folded(colleague.prefix) + bare}:
                self._by_name.setdefault(name, []).append(colleague)

    def find(self, text: str) -> Person:
        """The one who is meant and is here. NobodyOfThatName, PerhapsSomebodyElse, SeveralOfThatName, HasLeft."""
        found = self._called(text)
        here = [person for person in found if person.is_active]
        if len(here) > 1:
            usernames = ", ".join(person.username for person in here)
            raise SeveralOfThatName(name=text, usernames=usernames)
        if here:
            return here[0]
        if found:
            raise HasLeft(person=found[0].name)
        near = self.near(text)
        if near:
            raise PerhapsSomebodyElse(
                name=text, near=", ".join(f"{person.name} ({person.username})" for person in near)
            )
        raise NobodyOfThatName(name=text)

    def near(self, text: str) -> list[Person]:
        """Those who are here and called nearly so, the most alike first."""
        names = get_close_matches(folded(split_prefix(text)[1]), self._by_name, n=6, cutoff=0.75)
        near = {person.id: person for name in names for person in self._by_name[name] if person.is_active}
        return list(near.values())[:MOST_SUGGESTED]

    def _called(self, text: str) -> list[Person]:
        account = self._by_account.get(text.strip().lower())
        if account is not None:
            return [account]
        for name in (text, split_prefix(text)[1]):
            if found := self._by_name.get(folded(name)):
                return found
        in_brackets = _IN_BRACKETS.search(text)
        if in_brackets and in_brackets[1].strip().lower() in self._by_account:
            return [self._by_account[in_brackets[1].strip().lower()]]
        return []


def listed_names(text: str) -> list[str]:
    """The names of a pasted list: one a line, or in the first column of it that holds letters; numbers and bullets before
    them are left out."""
    lines = (_NUMBERED.sub("", _first_with_letters(line)) for line in text.replace(",", "\n").splitlines())
    return list(dict.fromkeys(tidy for line in lines if (tidy := " ".join(line.split()))))


def _first_with_letters(line: str) -> str:
    return next((cell for cell in line.split("\t") if any(letter.isalpha() for letter in cell)), "")
