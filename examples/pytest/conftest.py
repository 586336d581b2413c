"""What the examples share: the C host, compiled once, and the Python host."""

import pathlib
import subprocess
import sys
import threading

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(EXAMPLES / "python_host"))


@pytest.fixture(scope="session")
def fetch_program(tmp_path_factory):
    """The C host."""
    program = tmp_path_factory.mktemp("c_host") / "fetch"
    subprocess.run(["cc", "-std=c11", "-Wall", "-o", program, EXAMPLES / "c_host" / "fetch.c"], check=True)
    return program


class Host:
    """A host under test: a process whose stderr tells how far it is."""

    def __init__(self, arguments):
        self.said = []
        self._process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        self._watchdog = threading.Timer(120, self._process.kill)
        self._watchdog.start()

    def wait_for(self, text):
        """Reads what the host says until it says this."""
        while text not in (self.said[-1:] or [""])[0]:
            line = self._process.stderr.readline()
            assert line, f"the host ended without saying {text!r}, but: {self.said}"
            self.said.append(line.rstrip("\n"))

    def finish(self):
        """Exit code and output."""
        output, errors = self._process.communicate()
        self._watchdog.cancel()
        self.said += errors.splitlines()
        return self._process.returncode, output

    def kill(self):
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def start_host():
    """Starts a host; it ends with the test."""
    hosts = []

    def start(*arguments):
        hosts.append(Host([str(argument) for argument in arguments]))
        return hosts[-1]

    yield start
    for host in hosts:
        host.kill()
