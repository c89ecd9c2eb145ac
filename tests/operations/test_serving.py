"""`portal serve` as the machine sees it: processes that begin, end, die and come back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import Databases, url_of
from tests.making import PASSWORD
from tests.running import Browser, RunningPortal, children_of, command, environment_of, is_alive, wait_till

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def portal(home: Path):
    with RunningPortal(home) as running:
        yield running


def test_one_background_worker_runs_beside_the_web_workers(portal: RunningPortal) -> None:
    wait_till(lambda: len(portal.background_workers()) == 1)
    wait_till(lambda: len(children_of(portal.process.pid)) == 3)


def test_a_second_worker_waits_till_the_first_is_gone(portal: RunningPortal, home: Path) -> None:
    first = wait_till(portal.background_workers).copy().pop()
    wait_till(lambda: "worker at work" in portal.log.read_text())
    with (home / "second.log").open("wb") as log:
        second = subprocess.Popen(
            command("worker"), env=environment_of(home), stdout=log, stderr=log, cwd=home
        )
    try:
        wait_till(
            lambda: is_alive(second.pid) and b"worker" in Path(f"/proc/{second.pid}/cmdline").read_bytes()
        )
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=3)
        assert "at work" not in (home / "second.log").read_text()
        os.kill(portal.process.pid, signal.SIGTERM)
        wait_till(lambda: not is_alive(first))
        wait_till(lambda: "at work" in (home / "second.log").read_text())
        second.terminate()
        assert second.wait(timeout=20) == 0
    finally:
        second.kill()
        second.wait()


def test_a_worker_that_was_killed_comes_back_and_goes_on(portal: RunningPortal) -> None:
    first = wait_till(portal.background_workers).copy().pop()
    os.kill(first, signal.SIGKILL)
    wait_till(lambda: portal.background_workers() - {first})
    writer = Browser(portal.port)
    writer.sign_in("writer", PASSWORD)
    assert writer.publish("คู่มือสูบน้ำ", "เปิดวาล์วก่อนเดินเครื่อง")[0] == 302
    wait_till(lambda: [found["title"] for found in writer.search("วาล์ว")] == ["คู่มือสูบน้ำ"])


def test_a_web_worker_that_was_killed_comes_back(portal: RunningPortal) -> None:
    wait_till(lambda: len(children_of(portal.process.pid)) == 3)  # two web workers and the one behind them
    killed = min(children_of(portal.process.pid).keys() - wait_till(portal.background_workers))
    os.kill(killed, signal.SIGKILL)
    wait_till(lambda: not is_alive(killed) and len(children_of(portal.process.pid)) == 3)
    assert Browser(portal.port).get("/healthz")[0] == 200


def test_the_worker_ends_when_the_server_above_it_is_killed(portal: RunningPortal) -> None:
    worker = wait_till(portal.background_workers).copy().pop()
    os.kill(portal.process.pid, signal.SIGKILL)
    portal.process.wait()
    wait_till(lambda: not is_alive(worker))


def test_told_to_stop_it_ends_and_leaves_nothing_behind(portal: RunningPortal) -> None:
    wait_till(portal.background_workers)
    os.kill(portal.process.pid, signal.SIGTERM)
    assert portal.process.wait(timeout=40) == 0
    wait_till(lambda: not portal.group())


def test_a_request_on_its_way_is_answered_before_it_stops(portal: RunningPortal, home: Path) -> None:
    """The page that was being written when the server was told to stop is saved all the same."""
    writer = Browser(portal.port)
    writer.sign_in("writer", PASSWORD)
    database = subprocess.Popen(
        [sys.executable, "-m", "tests.holding", url_of(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert database.stdin
    assert database.stdout
    assert database.stdout.readline() == b"held\n"
    both = f"sleep 1; kill -TERM {portal.process.pid}; sleep 1; kill {database.pid}"
    later = subprocess.Popen(["sh", "-c", both])
    status, page = writer.publish("คู่มือเลิกงาน", "ปิดไฟก่อนกลับบ้าน")
    assert status == 302, page
    assert portal.process.wait(timeout=40) == 0
    database.wait()
    later.wait()
    database.stdin.close()
    database.stdout.close()


def test_a_port_that_is_taken_is_said_in_one_line(portal: RunningPortal, home: Path) -> None:
    other = subprocess.run(
        command("serve", "--port", str(portal.port)),
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=home,
        check=False,
    )
    assert other.returncode == 1
    said = [line for line in other.stderr.splitlines() if line]
    assert len(said) == 1, other.stderr
    assert str(portal.port) in said[0]
    assert Browser(portal.port).get("/healthz")[0] == 200


def test_a_database_that_was_not_made_yet_is_said_in_one_line(databases: Databases, tmp_path: Path) -> None:
    databases.empty(tmp_path)
    other = subprocess.run(
        command("serve"),
        env=environment_of(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert other.returncode == 1
    assert "portal init" in other.stderr
    assert len(other.stderr.strip().splitlines()) == 1, other.stderr
