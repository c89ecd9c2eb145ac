"""Seeds a portal, starts the real server, measures and writes docs/benchmarks.md.

Pages are measured in turns of a few seconds, round by round: whatever else the machine does meanwhile falls on all of them
alike, and the ratio to the trivial page is the median over the rounds.
"""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from bench import search, talk
from bench.clients import Measured, ask, ask_text, measure, sign_in
from bench.running import ROOT, WORKERS, say, serving, use_settings_of
from bench.seeding import seed
from bench.submits import submit_at_once
from portal.demo import demo_accounts

CLIENTS = 8
QUESTIONS = ("ภาษีที่ดิน", "การจัดซื้อจัดจ้างวิธีเฉพาะเจาะจง", "เบี้ยยังชีพผู้สูงอายุ", "ไข้เลือดออก", "ขั้นตอนการขออนุญาตก่อสร้าง")
GOALS = {"item": 2.0, "search": 8.0}
REGISTERS = {
    "register": "/training/register",
    "overdue": "/training/register?state=overdue",
    "year": "/training/register?year={year}",
    "figures": "/training/figures?year={year}",
}
OVERSEERS = ("nattaya", "wirot", "ekkachai")  # of the demonstration: the KM team, the mayor, the admin
MOST_QUERIES = {"register": 12}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--assets", type=int, default=2000, help="assets besides those of the town")
    asked.add_argument("--reports", type=int, default=20_000, help="training reports of the second part")
    asked.add_argument(
        "--texts", type=int, nargs="*", default=search.SIZES, help="sizes of the stores that are searched"
    )
    asked.add_argument(
        "--stores", type=Path, help="folder to keep these stores in, and to find them in again"
    )
    asked.add_argument("--no-pages", action="store_true", help="measure the search alone")
    asked.add_argument(
        "--talk", type=int, nargs="*", default=talk.SIZES, help="replies of the communities that are measured"
    )
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    asked.add_argument("--only", nargs="*", help="pages to measure, besides the trivial one")
    asked.add_argument("--no-file", action="store_true", help="do not write docs/benchmarks.md")
    given = asked.parse_args()
    pages = "" if given.no_pages else _pages(given)
    sections = [talk.measure_talk(given.talk, given.rounds, given.seconds)] if given.talk else []
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as other:
        sections += search.measure_sizes(given.stores or Path(other), given.texts)
    print("\n".join([pages, *sections]))
    if not given.no_file:
        file = ROOT / "docs" / "benchmarks.md"
        file.write_text(_renewed(file.read_text("utf-8"), pages, sections), "utf-8")


def _pages(given: argparse.Namespace) -> str:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        home = Path(folder)
        use_settings_of(home)
        say(f"seeding {given.assets} assets …")
        seed(home, given.assets)
        with serving() as (port, server):
            return f"# Benchmarks\n\n{_about(given)}\n{_run(port, server, given)}"


def _renewed(text: str, pages: str, measured: list[str]) -> str:
    """The file with what was measured now; what was not stays."""
    earlier, *sections = re.split(r"(?m)^(?=## )", text)
    by_title = {one.partition("\n")[0]: one.strip() for one in [*sections, *measured]}
    return "\n\n".join([(pages or earlier).strip(), *by_title.values()]) + "\n"


def _run(port: int, server: int, given: argparse.Namespace) -> str:
    demo = demo_accounts()
    names = [account.username for account in demo.accounts]
    cookies = [sign_in(port, names[number % len(names)], demo.password) for number in range(CLIENTS)]
    pages: dict[str, list[str]] = {
        "trivial": ["/trivial"],
        "home": ["/"],
        "item": _items(port, cookies),
        "search": [f"/search?q={quote(question)}" for question in QUESTIONS],
    }
    table = _measured(port, pages, cookies, given)
    return table + "\n" + _registers(port, demo.password, given) + "\n" + _memory(server)


def _registers(port: int, password: str, given: argparse.Namespace) -> str:
    """The pages over all trainings, as those who oversee them open them; added after the others were measured, so that
    those stay what they were."""
    wanted = set(REGISTERS) if given.only is None else set(REGISTERS) & set(given.only)
    if not wanted or not given.reports:
        return ""
    say(f"adding {given.reports} training reports …")
    subprocess.run([sys.executable, "-m", "bench.trainings", str(given.reports)], cwd=ROOT, check=True)
    cookies = [sign_in(port, OVERSEERS[number % len(OVERSEERS)], password) for number in range(CLIENTS)]
    year = re.search(r'<option value="(\d{4})"', ask_text(port, "/training/register", cookies[0]))
    pages = {
        "trivial": ["/trivial"],
        **{name: [path.format(year=year[1] if year else "")] for name, path in REGISTERS.items()},
    }
    table = _measured(port, pages, cookies, given)
    made = subprocess.run(
        [sys.executable, "-m", "bench.submits"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    drafts = [(account, int(report)) for account, report in map(str.split, made.stdout.splitlines())]
    say(f"handing in {len(drafts)} reports at once …")
    handed_in = submit_at_once(port, drafts)
    return f"With {given.reports} training reports of 500 more people, by who oversees them all:\n\n{table}\n{handed_in}"


def _measured(port: int, pages: dict[str, list[str]], cookies: list[str], given: argparse.Namespace) -> str:
    """The table of these pages, in turns with the trivial one."""
    if given.only is not None:
        pages = {name: paths for name, paths in pages.items() if name == "trivial" or name in given.only}
    queries = {
        name: statistics.median(_queries(port, path, cookies[0]) for path in paths)
        for name, paths in pages.items()
        if name != "trivial"
    }
    for paths in pages.values():  # once, so that every process has read its templates and its index
        measure(port, paths, cookies, 1.0)
    runs: dict[str, list[Measured]] = {name: [] for name in pages}
    for number in range(given.rounds):
        say(f"round {number + 1} of {given.rounds} …")
        for name, paths in pages.items():
            runs[name].append(measure(port, paths, cookies, given.seconds))
    return _table(runs, queries)


def _table(runs: dict[str, list[Measured]], queries: dict[str, float]) -> str:
    lines = [
        "| page | pages/s | p50 ms | p95 ms | time, trivial = 1 | goal | queries |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, measured in runs.items():
        everything = Measured(
            [one for run in measured for one in run.seconds], sum(run.whole for run in measured)
        )
        ratios = [
            yardstick.per_second / run.per_second
            for yardstick, run in zip(runs["trivial"], measured, strict=True)
        ]
        goal = f"≤ {GOALS[name]:g}" if name in GOALS else ""
        asked = "1" if name == "trivial" else f"{queries[name]:g}"
        if name in MOST_QUERIES:
            asked += f" (≤ {MOST_QUERIES[name]})"
        lines.append(
            f"| {name} | {everything.per_second:.0f} | {everything.percentile(0.5) * 1000:.1f} | "
            f"{everything.percentile(0.95) * 1000:.1f} | {statistics.median(ratios):.2f} | {goal} | {asked} |"
        )
    return "\n".join(lines) + "\n"


def _memory(server: int) -> str:
    """Proportional set size: what is shared between processes counts once, divided among them."""
    lines = ["| process | PSS MB |", "|---|---:|"]
    total = 0
    for pid, name in _group(server):
        pss = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        kilobytes = int(pss[1]) if pss else 0
        total += kilobytes
        lines.append(f"| {name} | {kilobytes / 1024:.0f} |")
    lines.append(f"| all | {total / 1024:.0f} |")
    return "\n".join(lines) + "\n"


def _group(server: int) -> list[tuple[int, str]]:
    found = []
    for entry in sorted(Path("/proc").iterdir()):
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()
                called = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if int(state[2]) == server and state[0] != "Z":
                pid = int(entry.name)
                kind = (
                    "server"
                    if pid == server
                    else "background worker"
                    if b"worker" in called
                    else "web worker"
                )
                found.append((pid, kind))
    return sorted(found, key=lambda one: one[1])


def _items(port: int, cookies: list[str]) -> list[str]:
    """Twenty items that all of them may read, spread over the store."""
    found = (f"/knowledge/{number}" for number in range(5, 3000, 97))
    open_to_all = (path for path in found if all(ask(port, path, one).status == 200 for one in set(cookies)))
    return list(islice(open_to_all, 20))


def _queries(port: int, path: str, cookie: str) -> int:
    ask(port, path, cookie)
    return int(ask(port, path, cookie, **{"X-Count-Queries": "1"}).headers["X-Queries"])


def _about(given: argparse.Namespace) -> str:
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) // 2**20
    return (
        "What a page costs beside a fixed trivial page (one SELECT of 50 rows, one template, no session: `bench/trivial.py`, "
        "never edited) under the same server in the same run. `make bench` prints and writes this page. Milliseconds are of "
        "this machine; ratios can be compared.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory} GB memory, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite; {WORKERS} web workers, {CLIENTS} people signed in, each on one open line "
        f"(clients run on the same cores); the demonstration town and {given.assets} more assets; "
        f"{given.rounds} rounds of {given.seconds:g} s a page.\n"
    )


if __name__ == "__main__":
    main()
