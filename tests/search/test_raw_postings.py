"""A word's postings are read as they were written, by Whoosh or by the portal, in blocks of any size."""

import errno

import pytest
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb import compound
from whoosh.filedb.filestore import FileStorage
from whoosh.index import open_dir
from whoosh.reading import SegmentReader

from portal.search.embedded import raw_postings
from portal.search.embedded.index import INDEX_NAME, Index, merge_up_to, write
from portal.search.embedded.raw_postings import Codec, read_postings
from portal.search.embedded.segments import read_snapshot

# word → passage → how often it stands there
STANDS = {
    "once": {7: 1},
    "everywhere": dict.fromkeys(range(400), 1),
    "twice": dict.fromkeys(range(0, 400, 3), 2),
    "unevenly": {at: 1 + at % 5 for at in range(0, 400, 2)},
    "often": {at: 250 + at for at in range(10, 60)},
    "far_apart": {0: 1, 399: 3},
}
CODECS = {"by Whoosh": W3Codec, "by the portal": Codec}


@pytest.fixture
def path(tmp_path):
    return Index(tmp_path / "index").create()


def put(path, passages, codec=Codec):
    writer = open_dir(str(path), INDEX_NAME).writer(codec=codec())
    for at in passages:
        words = [word for word, there in STANDS.items() for _ in range(there.get(at, 0))]
        writer.add_document(key=str(at), item=at, body=" ".join(words))
    writer.commit(merge=False)


def readers(path):
    found = open_dir(str(path), INDEX_NAME)
    return [SegmentReader(FileStorage(str(path)), found.schema, one) for one in found._segments()]


def read(reader, word):
    found = read_postings(reader._terms, "body", word.encode())
    return dict(zip(found.passages.tolist(), found.counts.tolist(), strict=True))


@pytest.mark.parametrize("block", [1, 5, 40, 65_536])
@pytest.mark.parametrize("word", STANDS)
def test_what_was_written_is_read_whatever_the_size_of_a_block(path, monkeypatch, block, word):
    monkeypatch.setattr(raw_postings, "BLOCK", block)
    put(path, range(400))
    assert read(readers(path)[0], word) == STANDS[word]


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@pytest.mark.parametrize("word", STANDS)
def test_who_wrote_it_makes_no_difference(path, codec, word):
    put(path, range(400), codec)
    assert read(readers(path)[0], word) == STANDS[word]


@pytest.mark.parametrize("word", STANDS)
def test_whoosh_reads_what_the_portal_wrote(path, word):
    put(path, range(400))
    matcher = readers(path)[0].postings("body", word)
    weights = {}
    while matcher.is_active():
        weights[matcher.id()] = matcher.weight()
        matcher.next()
    assert weights == STANDS[word]


def test_segments_of_both_are_merged_into_one(path):
    put(path, range(150), W3Codec)
    put(path, range(150, 400))
    write(path, [], merge=merge_up_to(1_000))
    (reader,) = readers(path)
    for word, there in STANDS.items():
        assert sorted(read(reader, word).values()) == sorted(there.values())


def test_a_common_word_takes_six_bytes_a_passage_on_the_disk(path):
    put(path, range(400))
    length = readers(path)[0]._terms.term_info("body", b"everywhere").extent()[1]
    length = length[0] if isinstance(length, tuple) else length
    # A byte for the gap and four of a value that only Whoosh asks for, in a merge; the rest is about the block.
    assert 400 * 5 < length < 400 * 5 + 300


def test_the_files_name_nothing_of_the_portal(path):
    put(path, range(10))
    assert all(b"portal" not in file.read_bytes() for file in path.iterdir())


def test_without_memory_for_a_map_the_file_is_read(path, monkeypatch):
    put(path, range(400))

    def refused(*_args, **_more):
        raise OSError(errno.ENOMEM, "no memory")

    monkeypatch.setattr(compound.mmap, "mmap", refused)
    snapshot = read_snapshot(path)
    segment = snapshot.parts[0].segment
    assert len(segment.postings("body", "everywhere").passages) == 400
    segment.close()


def test_a_common_word_takes_five_bytes_a_passage_in_memory(path):
    put(path, range(400))
    found = read_postings(readers(path)[0]._terms, "body", b"everywhere")
    assert found.bytes == 400 * (4 + 1)
