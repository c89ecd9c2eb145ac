"""What the search would be that forgot who asks, whichever index answers: the proofs against leaks must see it."""

import numpy as np
import pytest
from sqlalchemy import Connection, select

from portal.search.embedded.segments import Mask, Segment
from portal.search.postgres import finder
from portal.search.postgres.models import IndexToken
from portal.search.postgres.view import View, view_for


def everybody_sees_all(patch: pytest.MonkeyPatch) -> None:
    def view_of_all(connection: Connection, _tokens: frozenset[str]) -> View | None:
        return view_for(connection, set(connection.scalars(select(IndexToken.token))))

    def all_open(self: Segment, _tokens: frozenset[str]) -> Mask:
        return np.ones(len(self.items), np.bool_)

    patch.setattr(Segment, "open_to", all_open)
    patch.setattr(finder, "view_for", view_of_all)


def nobody_sees_anything(patch: pytest.MonkeyPatch) -> None:
    def all_closed(self: Segment, _tokens: frozenset[str]) -> Mask:
        return np.zeros(len(self.items), np.bool_)

    patch.setattr(Segment, "open_to", all_closed)
    patch.setattr(finder, "view_for", lambda connection, _tokens: view_for(connection, ()))
