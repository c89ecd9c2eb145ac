"""What shows only in the long run: any input whatever, and a day of updates. A tenth or less of it always, all of it under SOAK."""

import gc
import os
import random
import string
from pathlib import Path

import pytest

from portal.db import read_only, session
from portal.items import audience
from portal.items.models import ItemState
from portal.items.publishing import changed, retire
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save
from portal.people.models import Rank
from portal.search.checking import check
from portal.search.embedded.segments import Segment
from portal.search.query import SearchQuery
from portal.search.results import Asker
from portal.search.searching import search_as
from tests.indexing import index_all
from tests.making import make_admin, make_asset, make_person, make_plan, make_unit

SOAK = bool(os.environ.get("SOAK"))
QUERIES = 100_000 if SOAK else 1_000
PAGES = QUERIES // 20
UPDATES = 24 * 200 if SOAK else 60  # two hundred an hour
GROWTH = 8.0  # megabytes, between the first third and the end
WORDS = (
    *(
        "ภาษีที่ดิน",
        "น้ำ",
        "นํ้า",
        "อบต.",
        "พ.ร.บ.",
        "ขยะ",
        "ผู้สูงอายุ",
        "เว็ปไซค์",
        "๒๕๖๙",
        "15",
        "tax",
        "มท 0808.2/ว 123",
    ),
    *(
        "ประเภท:คู่มือ",
        "หน่วย:กองคลัง",
        "ปี:2569",
        "ขั้นตอน:6",
        "โดย:มาลี",
        "kind:manual",
        "year:๖๙",
        "unit:",
        "ปี:ปี:1",
    ),
    *(
        '"',
        '"ภาษี ที่ดิน"',
        "-ขยะ",
        "−ขยะ",
        "--",
        "(((",
        ")",
        "*",
        "~2",
        "^",
        "AND",
        "OR",
        "NOT",
        "\\",
        "[1 TO",
        "{!lucene}",
    ),
)
SIGNS = (
    *"กขคงน่้๊๋์็ิีึืุูัาำะเแโใไฯๆ๏๐๙฿ \t\n\0\u200b\ufeff\u00a0\u0e3a\u0e4d\uf70a",
    *"😀é\u0301ßİﷺ𝐀\ud83d" + string.punctuation + string.ascii_letters + string.digits,
)
ARGUMENTS = {
    "kind": ("manual", "qa", "x" * 50, "\0", "คู่มือ"),
    "step": ("KM3", "cm1", "KM9", "", "๖"),
    "goal": ("1", "-1", "9" * 30, "๑", "x"),
    "unit": ("1", "2", "0", "1.5", "1e9"),
    "year": ("2569", "๒๕๖๙", "99999", "-2569"),
    "sort": ("best", "newest", "oldest", "x"),
    "page": ("1", "2", "0", "-1", "500", "9" * 20, "๓"),
    "limit": ("1", "100", "0", "9999", "x"),
    "exact": ("1", "0", "x"),
}


def random_text(dice: random.Random) -> str:
    """Words as people type them, signs of all sorts, or both; seldom a megabyte of something."""
    kind = dice.random()
    if kind < 0.002:
        return dice.choice((*WORDS, *SIGNS)) * dice.choice((10_000, 200_000))
    if kind < 0.4:
        return dice.choice((" ", "", "  ")).join(dice.choices(WORDS, k=dice.randint(0, 8)))
    if kind < 0.7:
        return "".join(dice.choices(SIGNS, k=dice.randint(0, 60)))
    return "".join(dice.choices((*WORDS, *SIGNS), k=dice.randint(1, 12)))


def random_arguments(dice: random.Random) -> dict[str, str | list[str]]:
    arguments: dict[str, str | list[str]] = {"q": random_text(dice)}
    for name, values in ARGUMENTS.items():
        if dice.random() < 0.15:
            arguments[name] = dice.choices(values, k=dice.randint(1, 3))
    return arguments


@pytest.fixture
def store(app, settings):
    """Things of several kinds, years and audiences; answers their writers."""
    unit = make_unit("กองคลัง")
    make_plan()
    writers = [make_person("มาลี", unit=unit, rank=Rank.HEAD), make_person("วิชัย"), make_admin()]
    dice = random.Random(1)  # noqa: S311
    for number in range(60):
        make_asset(
            f"คู่มือ{dice.choice(WORDS)} {number}",
            "\n\n".join(
                f"## {dice.choice(WORDS)}\n\n{' '.join(dice.choices(WORDS, k=40))}" for _ in range(3)
            ),
            author=dice.choice(writers),
            unit=unit,
            kind=dice.choice(list(AssetKind)),
            readers=dice.choice(("organisation", "public", "unit")),
        )
    index_all(settings)
    return writers


@pytest.mark.soak
def test_no_question_whatever_gives_an_error(app, store):
    dice = random.Random(20261127)  # noqa: S311
    askers = [Asker.of(None), *(Asker.of(person) for person in store)]
    with app.test_request_context():
        for number in range(QUERIES):
            arguments = random_arguments(dice)
            read_only()
            try:
                found = search_as(SearchQuery.from_args(arguments), dice.choice(askers))
            except Exception as error:
                raise AssertionError(f"question {number}: {arguments!r:.2000}") from error
            assert found.total >= len(found.results) or found.query.page > 1
            assert len(found.results) <= found.query.limit


@pytest.mark.soak
def test_no_address_whatever_gives_an_error(app, store, login_as):
    dice = random.Random(20261128)  # noqa: S311
    browsers = [app.test_client(), login_as(store[0])]
    for _ in range(PAGES):
        arguments = random_arguments(dice)
        arguments["q"] = str(arguments["q"])[:3000].encode("utf-8", "replace").decode()
        path = dice.choice(("/search", "/api/v1/search"))
        answer = dice.choice(browsers).get(path, query_string=arguments)
        # What no database keeps is answered with a sentence, on every page alike.
        unfit = any("\0" in value for values in arguments.values() for value in values)
        assert answer.status_code == (400 if unfit else 200), (path, arguments)


@pytest.mark.soak
def test_a_day_of_updates_leaves_memory_and_files_as_they_were(app, settings, store):
    dice = random.Random(20261129)  # noqa: S311
    ids = list(
        session.scalars(KnowledgeAsset.open_to_tokens(app_tokens(store)).with_only_columns(KnowledgeAsset.id))
    )
    memory: list[float] = []
    for number in range(UPDATES):
        update(dice, session.get_one(KnowledgeAsset, dice.choice(ids)), number)
        index_all(settings)
        session.remove()
        with app.test_request_context():
            for _ in range(3):
                read_only()
                text = " ".join(dice.choices(WORDS, k=dice.randint(1, 5)))
                search_as(SearchQuery.from_args({"q": f"{text} {number}"}), Asker.of(None))
            session.remove()
        if number in (UPDATES // 3, UPDATES - 1):
            memory.append(resident())
    assert memory[1] - memory[0] < GROWTH, memory
    search = app.extensions["search"]
    gc.collect()
    open_segments = [one for one in gc.get_objects() if isinstance(one, Segment)]
    index = sum(1 for path in open_files() if path.startswith(str(settings.search_index_dir)))
    assert len(open_segments) < 40
    assert index < 40
    assert search.state() == "ready"
    assert check(settings).all == set()


def app_tokens(people):
    return {token for person in people for token in Asker.of(person).tokens}


def update(dice: random.Random, asset: KnowledgeAsset, number: int) -> None:
    """What happens to an item on a working day: mostly another text, sometimes other readers, seldom its end."""
    act = dice.random()
    if act < 0.7:
        save(
            asset,
            by=asset.author,
            title=f"{asset.title.split(' ')[0]} {number}",
            text=" ".join(dice.choices(WORDS, k=200)),
            kind=AssetKind(asset.kind),
            knowledge=KnowledgeForm.EXPLICIT,
        )
    elif act < 0.9:
        audience.open_to(asset, audience.tokens_for(dice.choice(("organisation", "public", "unit")), asset))
    elif asset.state == ItemState.PUBLISHED and act > 0.98:
        retire(asset, by=asset.author)
    else:
        changed(asset)


def resident() -> float:
    """What this process holds in memory, in megabytes, after what nobody needs was given back."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files() -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except OSError:
            continue
    return found
