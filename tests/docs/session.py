"""A reader who works through one page: a folder, a shell that goes on from block to block, and servers in the background."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# How long one command may take, on a busy machine and under the sanitizers.
PATIENCE = 60

# Ports that pages name. A reader's machine has them free, a test's need not: each page gets others in their place.
PORTS = ("8443", "8444", "8080", "4000")
PORT = re.compile(rf"(?<![\d.\w])({'|'.join(PORTS)})(?![\d.])")

# Commands that run until they are stopped, and what they print when they can be used.
SERVERS = {
    "serve": re.compile(r"^ready ", re.MULTILINE),
    "record": re.compile(r"^ready ", re.MULTILINE),
    "lab": re.compile(r"ca\.pem"),
}

# What differs from run to run, and what stands for it in a comparison.
VOLATILE = (
    (re.compile(r"^ *\d+\.\d{3} (?=[←→·✓✗])", re.MULTILINE), "TIME "),
    (re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?"), "DATE"),
    (re.compile(r"(?<=\S)  +(?=\S)"), "  "),  # Columns: the page's ports are shorter than a test's.
    (re.compile(r"(?<=\S) +(?=\d+/(?:tcp|udp)\b)"), "  "),
)


class Failed(Exception):
    """What a reader would complain about."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def join_lines(text):
    """Lines with a backslash at their end, and what follows, as one."""
    return re.sub(r"\\\n\s*", "", text)


def steady(text):
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text


def matches(expected, output):
    """True if the output is as printed; a line `…` stands for any lines, `…` in a line for any text."""
    pattern = ""
    for line in steady(expected).splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(piece.rstrip()) for piece in line.split("…")) + r"[ \t]*\n"
    return re.fullmatch(pattern, steady(output) if output.endswith("\n") or not output else steady(output) + "\n") is not None


class Session:
    def __init__(self, program, source):
        self.folder = Path(tempfile.mkdtemp(prefix="attache-docs-"))
        self.ports = {port: free_port() for port in PORTS}
        self.servers = []
        self.work = self.folder / "work"
        for name in ("work", "home", "run", "tmp", "bin"):
            (self.folder / name).mkdir(mode=0o700)
        (self.folder / "bin/attache").symlink_to(program)
        self.copy_examples(source / "examples")
        self.state = self.folder / "state.sh"
        self.state.write_text(f"cd {self.work}\n")
        self.environment = {
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "TMPDIR": str(self.folder / "tmp"),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server["process"].send_signal(signal.SIGTERM)
        for server in self.servers:
            try:
                server["process"].wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server["process"].kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy_examples(self, examples):
        """The examples with this page's ports and folders."""
        for file in examples.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                copy = self.work / "examples" / file.relative_to(examples)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(self.to_here(file.read_text(encoding="utf-8")), encoding="utf-8")
                copy.chmod(file.stat().st_mode)

    def to_here(self, text):
        """What the page says, with the ports and folders of this run."""
        text = PORT.sub(lambda found: self.ports[found[0]], text)
        return text.replace("/tmp/", f"{self.folder}/tmp/")

    def to_page(self, text):
        """What came, with the ports and folders of the page."""
        for named, real in self.ports.items():
            text = re.sub(rf"(?<!\d){real}(?!\d)", named, text)
        return text.replace(f"{self.folder}/tmp/", "/tmp/").replace(f"{self.work}/", "")

    def check_servers(self):
        for server in self.servers:
            if server["process"].poll() not in (None, 0):
                raise Failed(f"`{server['command']}` has ended:\n{server['log'].read_text()}")

    def write(self, name, text):
        """A file in the reader's folder."""
        file = self.current_folder() / name
        file.write_text(self.to_here(text), encoding="utf-8")
        return file

    def current_folder(self):
        return Path(re.findall(r"^cd (.*)$", self.state.read_text(), re.MULTILINE)[-1])

    def run(self, script, expected_status=0):
        """Runs lines of a shell where the last ones left off; gives what they print, as the page would print it."""
        output = ""
        pending = ""
        for line in join_lines(script).splitlines(keepends=True):
            server = re.match(r"\s*((?:\w+=\S+ )*attache (serve|lab|record)\b(?!.*--help)(?!.*--from-log)(?!.* -- ).*?)\s*&?$", line)
            if not server:
                pending += line
                continue
            output += self.run_lines(pending, 0)
            pending = ""
            output += self.start_server(server[1], SERVERS[server[2]])
        return output + self.run_lines(pending, expected_status)

    def run_lines(self, script, expected_status):
        if not script.strip():
            return ""
        text = (
            f"set -eo pipefail\n. {self.state}\n"
            + self.to_here(script)
            + f"\n{{ declare -px; printf 'cd %s\\n' \"$PWD\"; }} >{self.state}\n"
        )
        try:
            done = subprocess.run(
                ["bash", "-c", text],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"no end after {PATIENCE} s:\n{(error.output or b'').decode(errors='replace')}") from error
        output = self.to_page(done.stdout.decode(errors="replace"))
        if done.returncode != expected_status:
            raise Failed(f"exit code {done.returncode}, not {expected_status}:\n{output}")
        return output

    def start_server(self, command, ready):
        log = self.folder / f"server-{len(self.servers)}"
        errors = self.folder / f"server-{len(self.servers)}.errors"
        text = f"set -e\n. {self.state}\nexec {self.to_here(command)}\n"
        with log.open("wb") as output, errors.open("wb") as error_output:
            process = subprocess.Popen(
                ["bash", "-c", text],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=error_output,
            )
        self.servers.append({"command": command, "process": process, "log": errors})
        deadline = time.monotonic() + PATIENCE
        while not ready.search(log.read_text()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"`{command}` did not start:\n{log.read_text()}{errors.read_text()}")
            time.sleep(0.01)
        return self.to_page(log.read_text())
