"""The search, measured in stores of several sizes beside SQLite FTS5 and tantivy, alone and as a page."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.clients import measure, sign_in
from bench.running import ROOT, say, serving, use_settings_of
from bench.search.fresh import published_till_found
from bench.search.store import ACCOUNT, PASSWORD
from bench.search.tables import table_of_engines, table_of_store
from bench.search.texts import LENGTHS, questions, texts

SIZES = (10_000, 100_000)
CLIENTS = 8
ROUNDS = 3
SECONDS = 3.0


def measure_sizes(folder: Path, sizes: Sequence[int]) -> list[str]:
    """A section of Markdown for each size. A store that lies in the folder already is not made again."""
    return [_measure(folder / str(size), size) for size in sizes]


def _measure(home: Path, size: int) -> str:
    home.mkdir(exist_ok=True)
    use_settings_of(home)
    made = home / "made.json"
    if not made.exists():
        say(f"making a store of {size} texts …")
        made.write_text(json.dumps(_in_a_process("build", home, size)))
    say(f"asking {size} texts …")
    found = _in_a_process("ask", home, size)
    say("asking over HTTP …")
    with serving() as (port, _):
        found["ratio"] = _over_http(port, size)
        found["fresh"] = published_till_found()
    built = json.loads(made.read_text())
    return f"## Searching {size:,} texts\n\n{table_of_engines(found)}\n{table_of_store(size, built, found)}"


def _in_a_process(what: str, home: Path, size: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.search.measuring", what, str(home), str(size)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _over_http(port: int, size: int) -> float:
    """How many times as long as the trivial page a page of results takes, questions of all lengths mixed."""
    cookies = [sign_in(port, ACCOUNT, PASSWORD)] * CLIENTS
    step = max(1, size // 400)
    asked = questions([text for text in texts(size) if text.number % step == 0])
    paths = [f"/search?q={quote(' '.join(words))}" for length in LENGTHS for words in asked[length][:40]]
    for some in (["/trivial"], paths):
        measure(port, some, cookies, 2.0)
    ratios = []
    for _ in range(ROUNDS):
        trivial = measure(port, ["/trivial"], cookies, SECONDS)
        ratios.append(trivial.per_second / measure(port, paths, cookies, SECONDS).per_second)
    return statistics.median(ratios)
