"""`make run` and `make test` as the first command on a machine: what is wrong with it is said in a sentence."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import url_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A clone in which nothing was made so far."""
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PY"))}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python_that(checkout, does):
    """A stand-in for Python: `does` is what it does as a shell script, with its arguments."""
    program = checkout / "python"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"PY={program}"


@pytest.mark.parametrize("python", ["PY=nothing-is-called-so", "old"])
@pytest.mark.parametrize("target", ["run", "test"])
def test_without_a_python_that_is_new_enough_it_says_which_is_needed(target, python, checkout):
    done = make(checkout, target, python_that(checkout, "exit 1") if python == "old" else python)
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "PY=" in done.stderr, "and how to name another one"
    assert "Traceback" not in done.stderr


def test_without_venv_it_says_what_to_install_and_leaves_nothing_half_made(checkout):
    """Debian's Python without its venv package makes half a folder before it gives up."""
    half = 'case "$*" in *venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; exit 1;; *pip*) exit 1;; esac'
    done = make(checkout, "run", python_that(checkout, half))
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_without_a_way_to_the_packages_it_says_so(checkout):
    offline = 'case "$*" in *venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;; *"pip --version"*) ;; *pip*) exit 1;; esac'
    done = make(checkout, "test", python_that(checkout, offline))
    assert done.returncode != 0
    assert "the packages could not be installed" in done.stderr
    assert not (checkout / ".venv" / ".ok").exists()


def portal(*arguments, cwd, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["PORTAL_SECRET_FILE", "PORTAL_DATABASE_URL"])
def test_a_folder_that_cannot_be_written_is_named_in_a_sentence(what, tmp_path):
    (tmp_path / "instance").write_text("a file stands where the folder should be")
    where = {"PORTAL_SECRET_KEY": "given" if what == "PORTAL_DATABASE_URL" else ""}
    done = portal("init", cwd=tmp_path, **where)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "instance") in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_said_with_the_way_out(home, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = portal(
            "serve",
            f"--port={port}",
            cwd=tmp_path,
            PORTAL_DATABASE_URL=url_of(home),
            PORTAL_SECRET_KEY="a key for the tests only, of some length",
        )
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 can't be had" in done.stderr
    assert "PORT=" in done.stderr
    assert "Traceback" not in done.stderr
