"""What is the same for every test is worked out once in a process, as the portal itself works it out once: each test has
an app and a database of its own, and making those anew was most of what the whole suite took."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from portal import db

# Statements of all the portal's rooms; an app in use asks a part of them and keeps SQLAlchemy's usual number.
MOST_STATEMENTS = 6000


class KeptTemplates(BytecodeCache):
    """Templates as they were compiled first. Each app still reads their text and runs them in its own environment."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = KeptTemplates()


@contextmanager
def rules_compiled_once() -> Iterator[None]:
    """The app of each test has the same addresses; a rule like one that was compiled is given what came of that."""
    compile_rule: Callable[[Rule], None] = Rule.compile
    compiled: dict[object, dict[str, Any]] = {}

    def once(rule: Rule) -> None:
        assert rule.map is not None
        known = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, rule.map.host_matching)
        key = (*known, repr(rule.defaults), tuple(rule.map.converters.items()))
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = {
                **{name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")},
                **{name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")},
            }
            return
        for name, made in compiled[key].items():
            setattr(rule, name, made.__get__(rule) if name.startswith("_build") else made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", once)
        yield


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """A process of the portal has one engine as long as it lives, and a statement is made into SQL once. Here a test has
    an engine of its own: engines of one kind share what they know of their database and the SQL they made."""
    create_engine = db.create_engine
    shared: dict[str, tuple[Any, Any]] = {}

    def create(url: str, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        kind = engine.dialect.name
        if kind in shared:
            engine.dialect, engine._compiled_cache = shared[kind]
        else:
            engine._compiled_cache = LRUCache(MOST_STATEMENTS)
            # Only a dialect that has met its database knows what that can do.
            event.listen(
                engine,
                "connect",
                lambda *_: shared.setdefault(kind, (engine.dialect, engine._compiled_cache)),
            )
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", create)
        yield


def stop_counting_what_stays() -> None:
    """What was imported and what the tests are stays till the end: to look through it again and again for what is no longer
    needed took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
