"""Pages of a community of a thousand replies, and of one of two hundred thousand: each beside the trivial page of its run, and
what the larger one costs as a multiple of the smaller."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from bench.clients import Measured, ask, measure, sign_in
from bench.running import ROOT, say, serving, use_settings_of
from bench.seeding import seed
from portal.app import create_app
from portal.communities.models import Community
from portal.communities.thread_models import Thread
from portal.communities.threads import POSTS_A_PAGE
from portal.config import Settings
from portal.db import session
from portal.demo import LARGE_FOUNDER, demo_accounts, load_large_demo

SIZES = (1_000, 200_000)
REPLIES_A_THREAD = 20
CLIENTS = 8


def main(posts: int) -> None:
    """Add a community of so many replies to a demonstration and print its number and those of some long threads."""
    with create_app(Settings.from_environment(os.environ)).app_context():
        load_large_demo(threads=posts // REPLIES_A_THREAD, posts=posts)
        community = session.scalars(select(Community).order_by(Community.id.desc()).limit(1)).one()
        longest = select(Thread.id).where(Thread.community_id == community.id, Thread.replies >= POSTS_A_PAGE)
        print(community.id, *session.scalars(longest.order_by(Thread.id).limit(20)))
        session.remove()


def measure_talk(sizes: Sequence[int], rounds: int, seconds: float) -> str:
    """The table of these sizes as Markdown."""
    found = [_measured(size, rounds, seconds) for size in sizes]
    head = " | ".join(f"{size:,} replies | p50 ms | queries" for size in sizes)
    lines = [
        f"## A community of {' and of '.join(f'{size:,}' for size in sizes)} replies",
        "",
        f"`portal demo --large`, with {REPLIES_A_THREAD} replies a thread; time as a multiple of the trivial page in the same run, "
        f"{rounds} rounds of {seconds:g} s a page, all as a member. Flat is asked for: the last column.",
        "",
        f"| page | {head} | grows by |",
        f"|---|{'---:|' * (3 * len(sizes) + 1)}",
    ]
    for page in found[0]:
        cells = [f"{one[page][0]:.2f} | {one[page][1] * 1000:.1f} | {one[page][2]}" for one in found]
        growth = f"{found[-1][page][0] / found[0][page][0]:.2f}" if page != "trivial" else ""
        lines.append(f"| {page} | {' | '.join(cells)} | {growth} |")
    return "\n".join(lines)


def _measured(size: int, rounds: int, seconds: float) -> dict[str, tuple[float, float, int]]:
    """By page its time beside the trivial one, its median in seconds and its queries."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_settings_of(Path(folder))
        say(f"seeding a community of {size} replies …")
        seed(Path(folder), 0)
        made = subprocess.run(
            [sys.executable, "-m", "bench.talk", str(size)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        community, *threads = made.stdout.split()
        last = size // REPLIES_A_THREAD // 30
        pages = {
            "trivial": ["/trivial"],
            "community": [f"/communities/{community}"],
            "community, last page": [f"/communities/{community}?page={last}"],
            "questions without an answer": [f"/communities/{community}?show=unanswered"],
            "thread, a full page": [f"/threads/{one}?page=1" for one in threads],
            "unread list": ["/communities/unread"],
            "communities": ["/communities"],
        }
        with serving() as (port, _):
            demo = demo_accounts()
            # All as a member: whoever is none has nothing unread, and less to be shown.
            cookies = [sign_in(port, LARGE_FOUNDER, demo.password) for _ in range(CLIENTS)]
            queries = {
                name: max(_queries(port, path, cookies[0]) for path in paths) for name, paths in pages.items()
            }
            for paths in pages.values():
                measure(port, paths, cookies, 1.0)
            runs: dict[str, list[Measured]] = {name: [] for name in pages}
            for number in range(rounds):
                say(f"round {number + 1} of {rounds} …")
                for name, paths in pages.items():
                    runs[name].append(measure(port, paths, cookies, seconds))
    return {
        name: (
            statistics.median(
                beside.per_second / one.per_second for beside, one in zip(runs["trivial"], some, strict=True)
            ),
            Measured([second for one in some for second in one.seconds], 1).percentile(0.5),
            queries[name],
        )
        for name, some in runs.items()
    }


def _queries(port: int, path: str, cookie: str) -> int:
    """Of a page that each of the two processes has shown before."""
    if path == "/trivial":
        return 1
    for _ in range(6):
        ask(port, path, cookie)
    return min(
        int(ask(port, path, cookie, **{"X-Count-Queries": "1"}).headers["X-Queries"]) for _ in range(6)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
