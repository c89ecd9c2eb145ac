"""What one look found."""

import enum
from dataclasses import asdict, dataclass


class Level(enum.StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """`said` is what is so, `advice` what to do about it (empty when nothing is)."""

    name: str
    level: Level
    said: str
    advice: str = ""

    def as_line(self) -> str:
        advice = f" → {self.advice}" if self.advice else ""
        return f"{self.level:<4} {self.name}: {self.said}{advice}"

    def as_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


def ok(name: str, said: str) -> Finding:
    return Finding(name, Level.OK, said)


def warn(name: str, said: str, advice: str) -> Finding:
    return Finding(name, Level.WARN, said, advice)


def fail(name: str, said: str, advice: str) -> Finding:
    return Finding(name, Level.FAIL, said, advice)
