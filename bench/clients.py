"""Eight people at once, each with a line of his own that stays open, in processes of their own."""

import http.client
import multiprocessing
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Measured:
    """Seconds of each request, and how long the whole took from the first to the last."""

    seconds: list[float]
    whole: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.whole

    def percentile(self, part: float) -> float:
        """Seconds within which this part of the requests was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def sign_in(port: int, account: str, password: str) -> str:
    """The cookies of a browser in which that person is signed in."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    page, cookie = answer.read().decode(), _cookies(answer)
    token = TOKEN.search(page)
    form = urlencode({"csrf_token": token[1] if token else "", "account": account, "password": password})
    line.request(
        "POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    )
    answer = line.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"{account} can't sign in: {answer.status}")
    cookie = _cookies(answer)
    # As a browser would: what the first page adds to the cookie goes along from then on.
    line.request("GET", "/", headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    line.close()
    return _cookies(answer) or cookie


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(given.partition(";")[0] for given in answer.headers.get_all("Set-Cookie") or ())


def ask(port: int, path: str, cookie: str, **headers: str) -> http.client.HTTPResponse:
    """One request on a line of its own, its body read."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", path, headers={"Cookie": cookie, **headers})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


def ask_text(port: int, path: str, cookie: str) -> str:
    """The page as text."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", path, headers={"Cookie": cookie})
    text = line.getresponse().read().decode()
    line.close()
    return text


def measure(port: int, paths: Sequence[str], cookies: Sequence[str], seconds: float) -> Measured:
    """Let one client for each cookie ask these paths in turn for so long."""
    with multiprocessing.get_context("fork").Pool(len(cookies)) as pool:
        begin = time.time() + 0.3
        jobs = [
            (port, paths[number:] + paths[:number], cookie, begin, seconds)
            for number, cookie in enumerate(cookies)
        ]
        lists = pool.starmap(_one_client, jobs, chunksize=1)
    return Measured([one for some in lists for one in some], seconds)


def _one_client(port: int, paths: Sequence[str], cookie: str, begin: float, seconds: float) -> list[float]:
    line = http.client.HTTPConnection("127.0.0.1", port)
    taken: list[float] = []
    time.sleep(max(0.0, begin - time.time()))
    end = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < end:
        started = time.perf_counter()
        line.request("GET", paths[number % len(paths)], headers={"Cookie": cookie})
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{paths[number % len(paths)]} answered {answer.status}")
        taken.append(time.perf_counter() - started)
        number += 1
    line.close()
    return taken
