"""What the Python scripts of this folder share: the broker as a process, waiting, and how a script ends.

A script is one ctest test. It ends with 0 when everything in it passed, 77 (ctest's "Skipped") when something in it
could not run because a client or a codec is not installed, 1 otherwise.
"""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
# For a single step of a client. Generous, since only a step that hangs should meet it.
DEADLINE_S = 20


def require_client(module, package):
    """The client's module; ends the script as skipped where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        print(f"SKIPPED: {package} is not installed ({error})")
        sys.exit(SKIPPED)


class Broker:
    """`millrace broker` as a process of its own, its data in a directory that goes with it."""

    def __init__(self, **settings):
        """Settings are the broker's, with underscores for dots: num_partitions=4."""
        self._settings = {name.replace("_", "."): value for name, value in settings.items()}
        self._data_dir = tempfile.mkdtemp(prefix="millrace-conformance-")
        self._port = 0
        self._process = None
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self._port}"

    def start(self):
        """Starts it, again on the port that it had."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.PIPE, text=True)
        ready = self._process.stdout.readline()
        if not ready.startswith("millrace broker listening on "):
            raise AssertionError(f"the broker did not start: exit code {self._process.wait()}, it printed {ready!r}")
        self._port = int(ready.rsplit(":", 1)[1])

    def _command(self):
        # It goes when this script does, however that ends.
        program = os.environ.get("MILLRACE_PROGRAM") or sys.exit("MILLRACE_PROGRAM has to say where millrace is")
        command = ["setpriv", "--pdeathsig", "KILL", program, "broker"]
        command += ["--data-dir", self._data_dir, "--listen", self.address]
        for name, value in self._settings.items():
            command += ["--config", f"{name}={value}"]
        return command

    def stop(self):
        """Stops it as a service is stopped."""
        self._end(self._process.terminate)
        if self._process.returncode != 0:
            raise AssertionError(f"the broker stopped with exit code {self._process.returncode}")

    def kill(self):
        self._end(self._process.kill)

    def _end(self, how):
        how()
        self._process.wait(DEADLINE_S)
        self._process.stdout.close()

    def remove(self):
        if self._process.poll() is None:
            self.kill()
        shutil.rmtree(self._data_dir, ignore_errors=True)


def eventually(what, poll, within_s=DEADLINE_S):
    """The first true value that poll() returns; fails, naming what was waited for, when none comes in time.

    The poll itself waits a little, as a client's poll does.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        value = poll()
        if value:
            return value
    raise AssertionError(f"did not happen within {within_s} s: {what}")


class BrokerTest(unittest.TestCase):
    """A fresh broker for each test, with the settings of the class."""

    settings = {}

    def setUp(self):
        self.broker = Broker(**self.settings)
        self.addCleanup(self.broker.remove)


def main():
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun == 0:
        sys.exit("no test was run")
    sys.exit(SKIPPED if result.skipped else 0)
