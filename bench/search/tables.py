"""What was measured, as Markdown."""

from typing import Any

from bench.search.texts import LENGTHS

FTS5 = "SQLite FTS5"
# Of FTS5's time in the same run; what docs/search.md promises.
GOALS = {"first warm": 0.05, "first cold": 0.3, "engine warm": 0.25}


def table_of_engines(found: dict[str, Any]) -> str:
    """A line for each engine and state: CPU p50 and p95 of each length, and the ratio to FTS5's p50."""
    rows = [
        (f"first pass, {state}", found["portal"]["first"][state], state, f"first {state}")
        for state in ("warm", "cold")
    ]
    rows += [
        (
            f"filter, facets, second pass, 20 rows, {state}",
            found["portal"]["engine"][state],
            state,
            f"engine {state}",
        )
        for state in ("warm", "cold")
    ]
    rows += [
        (f"the same with quotes and all else of a page, {state}", found["portal"]["whole"][state], state, "")
        for state in ("warm", "cold")
    ]
    rows += [
        (f"{name}, {state}", rival[state], state, "")
        for name, rival in found["rivals"].items()
        for state in ("warm", "cold")
    ]
    head = "".join(f" {length} words p50 / p95 | FTS5 = 1 |" for length in LENGTHS)
    lines = [f"| CPU, ms |{head} goal |", "|---|" + "---:|---:|" * len(LENGTHS) + "---:|"]
    for name, figures, state, goal in rows:
        fts5 = found["rivals"][FTS5][state]
        cells = "".join(
            f" {figures[f'{length} p50']:.2f} / {figures[f'{length} p95']:.2f} |"
            f" {figures[f'{length} p50'] / fts5[f'{length} p50']:.2f} |"
            for length in LENGTHS
        )
        lines.append(f"| {name} |{cells} {f'≤ {GOALS[goal]:g}' if goal in GOALS else ''} |")
    return "\n".join(lines) + "\n"


def table_of_store(size: int, built: dict[str, float], found: dict[str, Any]) -> str:
    """What the store costs, and how soon a new item is found."""
    portal, rivals = found["portal"], found["rivals"]
    lines = ["| | |", "|---|---:|"]
    lines += [
        f"| {name} | {value} |"
        for name, value in (
            ("index written, texts already cut, texts/s of CPU", f"{size / built['index']:.0f}"),
            ("500 texts written, already cut, texts/s of CPU", f"{portal['cut_per_second']['words']:.0f}"),
            ("500 texts cut and written, texts/s of CPU", f"{portal['cut_per_second']['texts']:.0f}"),
            *((f"{name}, texts/s of CPU", f"{one['texts_per_second']:.0f}") for name, one in rivals.items()),
            ("index on the disk, MB", f"{portal['index_mb']:.0f}"),
            ("memory when opened, MB", f"{portal['memory_open_mb']:.0f}"),
            ("memory after all questions, MB", f"{portal['memory_mb']:.0f}"),
            (
                "suggestions while one types, ms of CPU, p50 (≤ 5) / p95",
                f"{portal['suggestions']['p50']:.1f} / {portal['suggestions']['p95']:.1f}",
            ),
            ("opening, ms of CPU", f"{portal['open_ms']:.0f}"),
            ("page of results over HTTP, 8 clients, trivial = 1 (≤ 8)", f"{found['ratio']:.1f}"),
            ("published till found, alone, s", f"{found['fresh']['alone']:.2f}"),
            (
                "published till found while 1,000 others are written, s (≤ 1)",
                f"{found['fresh']['beside_others']:.2f}",
            ),
        )
    ]
    return "\n".join(lines) + "\n"
