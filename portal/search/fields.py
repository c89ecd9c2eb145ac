"""The fields of every index, whoever keeps it."""

from typing import Final

TEXT_FIELDS: Final = ("title", "body")
WORD_FIELDS: Final = (*TEXT_FIELDS, "gram")  # those that are ranked
FACET_FIELDS: Final = ("kind", "step", "goal", "unit", "year", "community")
FILTER_FIELDS: Final = (*FACET_FIELDS, "author")  # by an author one filters, nobody counts them
