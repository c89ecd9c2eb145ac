"""The ladder that `portal evaluate-search --parts` climbs: what each part of the ranking adds to those before it."""

from dataclasses import replace
from functools import partial
from typing import Final

from portal.search.evaluating import Part
from portal.search.searching import search_as
from portal.search.weights import WEIGHTS

_WORDS: Final = replace(WEIGHTS, title=0.0, title_of_short=0.0, near=0.0, gram=0.0, trigram=0.0)
_TITLE: Final = replace(_WORDS, title=WEIGHTS.title, title_of_short=WEIGHTS.title_of_short)
_NEAR: Final = replace(_TITLE, near=WEIGHTS.near)
_GRAMS: Final = replace(_NEAR, gram=WEIGHTS.gram)

PARTS: Final = (
    Part("words of the text only", partial(search_as, weights=_WORDS)),
    Part("+ the title as a field", partial(search_as, weights=_TITLE)),
    Part("+ words that are spelt alike", partial(search_as, weights=_NEAR)),
    Part("+ letter groups of the title", partial(search_as, weights=_GRAMS)),
    Part("+ the second pass, letter by letter", partial(search_as, weights=WEIGHTS)),
)
