"""A tag is found though the word stands nowhere in the text."""

from portal.db import session
from portal.search.indexing import ensure_index, index_pending
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.making import make_asset, make_person


def test_an_asset_is_found_by_the_words_its_author_gave_as_tags(app, settings):
    asset = make_asset("คู่มือรับเรื่อง", "ทำตามลำดับ", tags=("สุนัขจรจัด",))
    ensure_index(settings)
    session.commit()
    while index_pending(settings):
        pass
    found = search(SearchQuery.from_args({"q": "สุนัขจรจัด"}), make_person())
    assert [result.item.id for result in found.results] == [asset.id]
