"""What was worked out once, remembered within a bound."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, together no larger than `most`; those not asked for longest go first. Threads may share it."""

    def __init__(self, most: int):
        self._most = most
        self._size = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        with self._lock:
            known = self._values.get(key)
            if known is None:
                return None
            self._values.move_to_end(key)
            return known[0]

    def keep(self, key: Key, value: Value, size: int = 1) -> Value:
        """Remember it, and answer it; the last one stays however large it is."""
        with self._lock:
            earlier = self._values.pop(key, None)
            self._size += size - (earlier[1] if earlier else 0)
            self._values[key] = value, size
            while self._size > self._most and len(self._values) > 1:
                _, (_, gone) = self._values.popitem(last=False)
                self._size -= gone
        return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._size = 0
