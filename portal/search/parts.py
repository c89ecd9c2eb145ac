"""The parts of the ranking that `portal evaluate-search --parts` leaves out one after the other, to show what each adds."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from portal.search import engine
from portal.search.evaluating import Part


@contextmanager
def replaced(place: Any, name: str, value: Any) -> Iterator[None]:
    """Within it, `place.name` is the value."""
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


PARTS: Final = (
    Part("the title as a field", partial(replaced, engine, "FIELDS", ("body",))),
    Part("the length of texts", partial(replaced, engine, "B", 0.0)),
)
