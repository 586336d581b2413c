"""Virtual LTE modems for pytest: `pytest -p attache`, with this file's folder in PYTHONPATH.

The fixture `modem` is a device of its own for each test, an `attache serve` behind a PTY:

    def test_registers(modem):
        modem.at("AT+CEREG=1")
        modem.at("AT+CFUN=1")
        modem.expect(r"\\+CEREG: 1")

README.md beside this file explains how a test configures and steers it. Needs Python 3.9, pytest 6.2 and Linux.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
import tty
from typing import Any, Callable, Iterator, NamedTuple, Optional, Union

import pytest

DEFAULT_TIMEOUT = 10.0  # Seconds; --attache-timeout and the ini option attache_timeout change it.
_HOW_TO_GET_IT = (
    "  install the package (apt install ./attache_*.deb), or name the program: pytest --attache PROGRAM,\n"
    "  ATTACHE=PROGRAM in the environment, or attache = PROGRAM in the ini file"
)
REPORT_LIMIT = 64 * 1024  # Characters of a log or transcript in a report, the last ones.


# ---- What goes wrong ------------------------------------------------------------------------------------


class AttacheError(Exception):
    """Whatever goes wrong with a device; its text is all that is known about it."""


class ProgramMissing(AttacheError):
    """There is no program `attache`."""


class DeviceError(AttacheError):
    """The program could not start, or ended by itself or with an error."""


class CommandError(AttacheError):
    """A command was refused. `answer` is what the device said, with the reasons of its log."""

    def __init__(self, text: str, answer: Answer):
        super().__init__(text)
        self.answer = answer


class Timeout(AttacheError):
    """Something did not come in time."""


class SteeringError(AttacheError):
    """The device refused a steering command."""


# ---- What the device says -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why something failed, as the device's log tells. `str()` is the block of lines as it stands there."""

    what: str
    why: str = ""
    where: str = ""
    advice: str = ""
    cause: str = ""  # "ca-expired": `attache explain` has more to say of it.
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return self.text


class Answer(list):
    """The lines that answer a command, without the final result, which is `result`: "OK", "ERROR",
    "+CME ERROR: 3"; `reasons` are those that the log told meanwhile, if it was not "OK"."""

    def __init__(self, command: str, lines: list[str], result: str):
        super().__init__(lines)
        self.command = command
        self.result = result
        self.reasons: list[Reason] = []

    @property
    def ok(self) -> bool:
        return self.result in ("OK", "CONNECT")


class Steered(NamedTuple):
    """What a steering command answered: a text, and data of which `attache ctl --json` is the form."""

    text: str
    data: Any


def parse_reasons(log: str) -> list[Reason]:
    """The reasons in a log, oldest first: blocks of indented lines that begin with `what:`."""
    blocks: list[list[str]] = []
    inside = False
    for line in log.splitlines():
        if line.startswith("  what: "):
            blocks.append([line])
            inside = True
        elif inside and line.startswith("  "):
            blocks[-1].append(line)
        else:
            inside = False
    return [_to_reason(block) for block in blocks]


def _to_reason(block: list[str]) -> Reason:
    fields = {"what": "", "where": "", "why": "", "do": "", "more": ""}
    facts = []
    for line in block:
        label, colon, value = line.strip().partition(":")
        if label in fields:
            fields[label] = value.strip()
        elif colon and label != "line":
            facts.append((label, value.strip()))
    return Reason(
        fields["what"],
        fields["why"],
        fields["where"],
        fields["do"],
        fields["more"].removeprefix("attache explain "),
        tuple(facts),
        "\n".join(block),
    )


# ---- Lines of AT ----------------------------------------------------------------------------------------

_FINAL_RESULT = re.compile(r"OK|ERROR|CONNECT|NO CARRIER|NO ANSWER|BUSY|NO DIALTONE|\+CM[ES] ERROR:.*")
_COMMAND = re.compile(r"AT([+%#][A-Z0-9_]+)(=\?|\?|=|)", re.IGNORECASE)

# Lines that come by themselves, and how many lines of payload follow.
MODEM_URCS = {
    "+CEREG": 0, "+CSCON": 0, "+CGEV": 0, "+CNEC_EMM": 0, "+CNEC_ESM": 0, "%XSIM": 0, "%CESQ": 0,
    "%XSNRSQ": 0, "+CEDRXP": 0, "%XTIME": 0, "%XOPNAME": 0, "%MDMEV": 0, "%XMODEMSLEEP": 0, "%XT3412": 0,
    "%NCELLMEAS": 0, "%ENVEVAL": 0, "%XTEMP": 0, "%XVBATLOWLVL": 0, "%XPCO": 0, "+CEINFO": 0, "+CIND": 0,
    "+ODISNTF": 0, "%RAI": 0, "%CELLULARPRFL": 0, "+CMT": 1, "+CDS": 1,
}  # fmt: skip
APPLICATION_URCS = {
    "#XMQTTEVT": 0, "#XMQTTMSG": 2, "#XTCPDATA": 0, "#XUDPDATA": 1, "#XUDPRECV": 1, "#XTCPSVR": 0,
    "#XTCPCLI": 0, "#XUDPSVR": 0, "#XUDPCLI": 0, "#XHTTPCCON": 0, "#XHTTPCREQ": 0, "#XHTTPCRSP": 0,
    "#XFTP": 0, "#XPING": 0, "#XGPS": 0, "#XGPSS": 0, "#XGPSP": 0, "#XFOTA": 0, "#XSMS": 0,
}  # fmt: skip

# What the read form of a command answers, where the URC of the same name looks otherwise.
_READ_ANSWERS = {
    "+CEREG": re.compile(r"\d+,\d.*"),
    "+CSCON": re.compile(r"\d+,(?!7(,|$)).*"),
    "%XTEMP": re.compile(r"[^,]*"),
    "%XSNRSQ": re.compile(r"[^,]*(,[^,]*){0,2}"),
    "+CIND": re.compile(r"\d.*"),
}
_PROXY_EVENT = re.compile(r'.*,"(disconnected|stopped|datamode)"')


def _payload_lines(line: str) -> Optional[int]:
    """How many lines of payload follow the URC; nothing if the line is none."""
    if line == "Ready":
        return 0
    name, colon, _ = line.partition(":")
    return MODEM_URCS.get(name, APPLICATION_URCS.get(name)) if colon else None


def _may_answer(command: str, line: str) -> bool:
    """Whether a line with a URC's name is an answer of the command rather than that URC."""
    name, _, values = line.partition(":")
    values = values.strip()
    begin = _COMMAND.match(command)
    if not begin or begin.group(1).upper() != name:
        return False
    if name.startswith("#"):
        return not _PROXY_EVENT.fullmatch(values)
    form = begin.group(2)
    if form == "=?":
        return values.startswith("(")
    return form == "?" and bool(_READ_ANSWERS.get(name, re.compile(".*")).fullmatch(values))


# Commands with secrets: the place of the first one; all that follows is starred.
_SECRETS = {
    "%CMNG": 3, "#XCMNG": 3, "+CPIN": 0, "+CLCK": 2, "+CPWD": 1, "+CGAUTH": 2, "%XUSIMLCK": 2, "+CSIM": 1,
    "+CRSM": 5, "+CGLA": 2, "%XSUDO": 1, "#XHTTPCREQ": 2, "#XMQTTCON": 2, "#XFTP": 1,
    "#XCARRIER": 1, "#XCOAPCREQ": 9, "#XNRFCLOUDOBSAUTO": 2, "#XNRFCLOUDOBSUPLOAD": 0, "#XNRFCLOUDOBSFORWARD": 0,
}  # fmt: skip
_NEAR_BUT_OTHER = {"+CCLK", "+CPINR", "+CSMS", "+CSCS"}
_SECRET_ANSWER = re.compile(r"(%JWT|\+CGAUTH): .*")


def redact(text: str) -> str:
    """The text of a command or a line, with stars for what is or may be secret. A misspelt name counts."""
    if _SECRET_ANSWER.fullmatch(text):
        return text.partition(":")[0] + ": ****"
    found = re.match(r"\s*AT([+%#]\w+)=(?!\?)", text, re.IGNORECASE)
    if not found:
        return text
    name = found.group(1).upper()
    if name == "#XHTTPCREQ":
        text = re.sub(r'\?[^"]*"', '?****"', text, count=1)
    shown = _SECRETS.get(name)
    if shown is None:
        near = name not in _NEAR_BUT_OTHER and difflib.get_close_matches(name, _SECRETS, 1, 0.75)
        return text[: found.end()] + "****" if near else text
    end = found.end()
    for _ in range(shown):
        parameter = re.compile(r'("[^"]*"|[^",])*,').match(text, end)
        if not parameter:
            return text
        end = parameter.end()
    secret = re.sub(r'""', "", text[end:]).strip(" ,\r\n")
    return text[:end] + ('"****"' if text[end] == '"' else "****") if secret else text


class _Transcript:
    """What host and device said to each other, line by line, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lines: list[str] = []
        self._partial = b""

    def sent(self, data: bytes) -> None:
        self._add("→", redact(_decode(data).rstrip("\r\n")))

    def received(self, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            if line.strip(b"\r"):
                self._add("←", redact(_decode(line.strip(b"\r"))))

    def _add(self, arrow: str, text: str) -> None:
        self._lines.append(f"{time.monotonic() - self._start:9.3f} {arrow} {_escape(text)}")

    def __str__(self) -> str:
        partial = [f"          ← {_escape(_decode(self._partial))}"] if self._partial.strip() else []
        return "\n".join(self._lines + partial)


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _escape(text: str) -> str:
    """One line: control characters as \\xNN."""
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found.group()):02x}", text)


def _indent(lines: list[str], by: str = "  ") -> str:
    return "\n".join(by + line for line in lines)


# ---- Programs -------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def _dying_with_parent() -> tuple[str, ...]:
    """What is put in front of a command so that a test run that is killed leaves no device behind."""
    prefix = ("setpriv", "--pdeathsig", "TERM", "--")
    try:
        done = subprocess.run([*prefix, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return ()
    return prefix if done.returncode == 0 else ()


class _Program:
    """A child whose first line on stdout says that it is ready; stderr goes to a file."""

    def __init__(self, arguments: list[str], errors: pathlib.Path, patience: float):
        self.errors = errors
        if not shutil.which(arguments[0]):
            raise ProgramMissing(f"there is no program {arguments[0]!r}\n{_HOW_TO_GET_IT}")
        with open(errors, "wb") as log:
            self.process = subprocess.Popen(
                [*_dying_with_parent(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.command = " ".join(arguments[:2])
        try:
            self.first_line = self._read_line(time.monotonic() + patience, patience)
        except BaseException:
            self.kill()
            raise

    def _read_line(self, deadline: float, patience: float) -> str:
        out = self.process.stdout.fileno()
        text = b""
        while not text.endswith(b"\n"):
            if not select.select([out], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise DeviceError(
                    f"`{self.command}` was not ready within {patience:g} s\n{self.messages()}".rstrip()
                )
            chunk = os.read(out, 65536)
            if not chunk:
                code = self.process.wait()
                raise DeviceError(
                    f"`{self.command}` could not start (exit code {code})\n{self.messages()}".rstrip()
                )
            text += chunk
        return text.decode().rstrip("\n")

    def messages(self, begin: int = 0) -> str:
        """What it has written to stderr, from that byte on."""
        return _decode(self.errors.read_bytes()[begin:])

    def stop(self, patience: float) -> None:
        """SIGTERM, and the exit code must be 0; so it must if the program has ended before."""
        ended_before = self.process.poll() is not None
        self.process.terminate()
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise DeviceError(f"`{self.command}` did not end within {patience:g} s of SIGTERM") from None
        self.process.stdout.close()
        if code != 0 or ended_before:
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            before = " before it was told to" if ended_before else ""
            raise DeviceError(f"`{self.command}` ended{before} with {how}\n{_tail(self.messages())}".rstrip())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def _tail(text: str) -> str:
    if len(text) <= REPORT_LIMIT:
        return text
    return f"(the last {REPORT_LIMIT} characters)\n{text[-REPORT_LIMIT:]}"


def _short_folder() -> str:
    """A folder whose sockets have short enough paths (108 bytes), which pytest's tmp_path may not have."""
    return tempfile.mkdtemp(prefix="attache-", dir=None if len(tempfile.gettempdir()) < 60 else "/tmp")


# ---- The device -----------------------------------------------------------------------------------------

Config = Union[str, dict, pathlib.Path, None]


class Modem:
    """A device: an `attache serve` of its own behind a PTY, and the test's end of that line.

    config: what stands in a configuration file: a text in TOML, a dict of its tables, or the path of a file.
    args: further options of `attache serve`. dialect, network, clock: its options of these names.
    scenario: a timeline, as text or the path of a file. timeout: seconds that at() and expect() wait.

    `with Modem("attache") as modem:` works outside of the fixtures too.
    """

    def __init__(
        self,
        program: str = "attache",
        *,
        config: Config = None,
        args: Any = (),
        dialect: Optional[str] = None,
        network: Optional[str] = None,
        clock: Optional[str] = None,
        scenario: Union[str, pathlib.Path, None] = None,
        timeout: float = DEFAULT_TIMEOUT,
        name: str = "modem",
    ):
        self.name = name
        self.timeout = timeout
        self.line_end = "\r\n"
        self._clock = clock
        self._received = bytearray()
        self._descriptor: Optional[int] = None
        self._log_mark = 0
        self._last_log = ""
        self._transcript = _Transcript()
        self._folder = pathlib.Path(_short_folder())
        self._stopped = False
        arguments = [str(program), "serve", "--port", f"pty:{self._folder}/modem"]
        arguments += ["--control", f"{self._folder}/control", "--explain"]
        for option, given in (("config", config), ("scenario", scenario)):
            if given:
                arguments += [f"--{option}", self._file(f"{option}.toml", given)]
        for option, word in (("dialect", dialect), ("network", network), ("clock", clock)):
            if word:
                arguments += [f"--{option}", word]
        try:
            # A sanitized program on a busy machine takes its time.
            self._program = _Program(
                arguments + [str(a) for a in args], self._folder / "log", max(60.0, timeout)
            )
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        self._settle()  # It has booted: `Ready` is on the line.
        _modems.append(self)

    def _file(self, name: str, given: Any) -> str:
        if isinstance(given, pathlib.Path):
            return str(given)
        path = self._folder / name
        path.write_text(to_toml(given) if isinstance(given, dict) else given, "utf-8")
        return str(path)

    # -- What surrounds the conversation

    @property
    def port(self) -> str:
        """The path of the serial port, for a host under test. If this test has talked itself before: release()."""
        return f"{self._folder}/modem"

    @property
    def pid(self) -> int:
        return self._program.process.pid

    @property
    def log(self) -> str:
        """The device's log until now."""
        if not self._stopped:
            self._settle()
            self._last_log = self._program.messages()
        return self._last_log

    @property
    def reasons(self) -> list[Reason]:
        """Why things have failed until now, oldest first. Equal ones within a second are one."""
        return parse_reasons(self.log)

    @property
    def transcript(self) -> str:
        """What this test and the device have said to each other, secrets starred."""
        if self._descriptor is not None and self._program.process.poll() is None:
            self._settle()
            self._fill(0)
        return str(self._transcript)

    def steer(self, command: str) -> Steered:
        """A command of `attache ctl`: steer("coverage off"), steer("link delay=300ms loss=2%")."""
        __tracebackhide__ = True
        answer = self._control(command)
        if not answer.get("ok"):
            parts = [answer.get(key) for key in ("what", "why", "advice")]
            raise SteeringError(f"{command}: " + "\n  ".join(part for part in parts if part))
        return Steered(answer.get("text", ""), answer.get("data"))

    def advance(self, duration: Union[str, float]) -> None:
        """Moves the clock of a device with clock="manual" on: advance("30s"), advance(30), advance("2h")."""
        __tracebackhide__ = True
        self.steer(f"clock advance {duration}")

    def advance_until(self, condition: Callable[[], Any], limit: float = 3600, step: float = 1) -> float:
        """Moves the manual clock on in steps, both in seconds, until the condition holds, and returns by how
        many: what follows finds a clock that stands still, however long it really takes."""
        __tracebackhide__ = True
        passed = 0.0
        while not condition():
            if passed >= limit:
                raise Timeout(f"the condition does not hold after {limit:g} s of the device's time")
            self.advance(step)
            passed += step
        return passed

    @property
    def registered(self) -> bool:
        """Whether the modem is registered with a network, whoever talks to it."""
        return self.steer("state").data["modem"]["stat"] in (1, 5)

    def _control(self, command: str) -> dict:
        __tracebackhide__ = True
        received = b""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(max(30.0, self.timeout))
                client.connect(f"{self._folder}/control")
                client.sendall(command.encode() + b"\n")
                while not received.endswith(b"\n"):
                    chunk = client.recv(65536)
                    if not chunk:
                        raise ConnectionResetError("it closed the connection")
                    received += chunk
        except OSError as error:
            try:
                self._program.process.wait(1)  # Without its socket it is about to end.
            except subprocess.TimeoutExpired:
                pass
            self._check_alive()
            raise DeviceError(f"the device cannot be steered: {error}") from None
        return json.loads(received)

    def _settle(self) -> None:
        """What the device had to say until now is in its log afterwards, and on the line."""
        if self._program.process.poll() is None:
            try:
                self._control("help")
            except AttacheError:
                pass  # It ends just now: what it has logged is there.

    # -- The line

    def at(self, command: str, timeout: Optional[float] = None, check: bool = True) -> Answer:
        """Sends a command and returns the lines of its answer. A final result that is no success raises a
        CommandError with the reason that the device's log tells, or is returned as well with check=False.
        What comes by itself meanwhile is kept for expect()."""
        __tracebackhide__ = True
        self._fill(0)
        start = len(self._received)
        self.write(command + self.line_end)
        answer = self._wait(
            lambda: self._cut_answer(command, start),
            timeout,
            lambda: f"{redact(command)} has no final result",
            start,
        )
        if not answer.ok:
            answer.reasons = self._new_reasons()
            if check:
                raise CommandError(self._explain(answer), answer)
        return answer

    def expect(self, pattern: Union[str, re.Pattern], timeout: Optional[float] = None) -> re.Match:
        """Waits for a line of which the regular expression matches the whole, takes it and returns the match.
        Lines that came earlier count as long as nobody has taken them; the others stay."""
        __tracebackhide__ = True
        wanted = re.compile(pattern)
        return self._wait(
            lambda: self._take(wanted), timeout, lambda: f"no line matches {wanted.pattern!r}", 0, wanted
        )

    def lines(self) -> list[str]:
        """The lines that have come until now and that nobody has taken; they stay."""
        self._open()
        self._settle()
        self._fill(0)
        return [line for line, _, _ in self._lines(0) if line]

    def clear(self) -> list[str]:
        """The same, and forgets them."""
        taken = self.lines()
        self._received.clear()
        return taken

    def write(self, data: Union[str, bytes]) -> None:
        """Sends raw bytes, in data mode for example."""
        __tracebackhide__ = True
        data = data.encode() if isinstance(data, str) else data
        self._log_mark = self._log_size()
        self._transcript.sent(data)
        descriptor = self._open()
        deadline = time.monotonic() + self.timeout
        while data:
            if not select.select([], [descriptor], [], max(0.0, deadline - time.monotonic()))[1]:
                self._check_alive()
                raise Timeout(f"the device took no more bytes for {self.timeout:g} s, {len(data)} are left")
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                self._check_alive()
                raise DeviceError(f"the port cannot be written: {error.strerror}") from None

    def read(self, count: Optional[int] = None, timeout: Optional[float] = None) -> bytes:
        """`count` raw bytes that nobody has taken as lines; without it those that have come until now."""
        __tracebackhide__ = True
        if count is None:
            self._open()
            self._settle()
            self._fill(0)
            return self._cut(0, len(self._received))
        return self._wait(
            lambda: self._cut(0, count) if len(self._received) >= count else None,
            timeout,
            lambda: f"{count} bytes have not come",
            0,
        )

    def release(self) -> str:
        """Lets go of the line, for a host under test, and returns the path of the port. What has come until
        now is kept; at() and the like take the line again."""
        if self._descriptor is not None:
            self._settle()
            self._fill(0)
            os.close(self._descriptor)
            self._descriptor = None
        return self.port

    def _open(self) -> int:
        if self._descriptor is None:
            self._check_alive()
            self._descriptor = os.open(self.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._descriptor, termios.TCSANOW)  # It flushes nothing: `Ready` may have come.
        return self._descriptor

    def _fill(self, seconds: float) -> None:
        """Reads what is there, waiting for it at most so long."""
        descriptor = self._open()
        while select.select([descriptor], [], [], seconds)[0]:
            seconds = 0
            try:
                chunk = os.read(descriptor, 65536)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""  # The device has gone.
            if not chunk:
                self._program.process.wait(self.timeout)
                self._check_alive()
            self._received += chunk
            self._transcript.received(chunk)

    def _wait(
        self,
        attempt: Callable[[], Any],
        timeout: Optional[float],
        failure: Callable[[], str],
        start: int,
        wanted: Optional[re.Pattern] = None,
    ) -> Any:
        """What `attempt` gives as soon as it gives something, or a Timeout that says what came from `start` on."""
        __tracebackhide__ = True
        patience = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + patience
        self._fill(0)
        while (result := attempt()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Timeout(self._explain_silence(f"{failure()} within {patience:g} s", start, wanted))
            self._fill(left)
        return result

    def _lines(self, start: int) -> Iterator[tuple[str, int, int]]:
        """The whole lines received from there on, each with its place in _received; empty ones are lines."""
        while (end := self._received.find(b"\n", start)) >= 0:
            yield _decode(bytes(self._received[start:end]).strip(b"\r")), start, end + 1
            start = end + 1

    def _cut(self, begin: int, end: int) -> bytes:
        taken = bytes(self._received[begin:end])
        del self._received[begin:end]
        return taken

    def _take(self, wanted: re.Pattern) -> Optional[re.Match]:
        empty_from = None  # The empty line in front of it, as in CR LF text CR LF, goes with it.
        for line, begin, end in self._lines(0):
            found = wanted.fullmatch(line)
            if found and (line or wanted.pattern == ""):
                self._cut(begin if empty_from is None else empty_from, end)
                return found
            empty_from = begin if not line else None
        return None

    def _payload_due(self, end: int) -> int:
        """How many lines of payload the URC still has to get that came last before that place."""
        due = 0
        for line, _, line_end in self._lines(0):
            if line_end > end:
                break
            if due > 0:
                due -= 1
            elif line:
                due = _payload_lines(line) or 0
        return due

    def _cut_answer(self, command: str, start: int) -> Optional[Answer]:
        """Takes the answer out of what came from `start` on; nothing while it has no final result."""
        kept = bytearray()
        empty = b""
        lines = []
        payload = self._payload_due(start)
        for line, begin, end in self._lines(start):
            raw = bytes(self._received[begin:end])
            if not line and payload == 0:
                empty += raw
                continue
            if _FINAL_RESULT.fullmatch(line):
                self._received[start:end] = kept
                return Answer(command, lines, line)
            follow = _payload_lines(line) if payload == 0 else payload - 1
            if payload > 0 or (follow is not None and not _may_answer(command, line)):
                payload = follow
                kept += empty + raw
            else:
                lines.append(line)
            empty = b""
        return None

    # -- Explanations

    def _log_size(self) -> int:
        return self._program.errors.stat().st_size

    def _new_reasons(self) -> list[Reason]:
        """The reasons logged since the last command. One that equals the last one of the second before is only
        counted in the log: that one, then."""
        self._settle()
        new = parse_reasons(self._program.messages(self._log_mark))
        return new or parse_reasons(self._program.messages())[-1:]

    def _explain(self, answer: Answer) -> str:
        said = [f"→ {_escape(redact(answer.command))}"]
        said += [f"← {redact(line)}" for line in [*answer, answer.result]]
        text = f"{redact(answer.command)} was answered {answer.result}\n{_indent(said)}\n"
        if not answer.reasons:
            return text + "the device's log tells no reason"
        return text + "the device's log says:\n" + "\n\n".join(map(str, answer.reasons))

    def _explain_silence(self, text: str, start: int, wanted: Optional[re.Pattern]) -> str:
        came = [line for line, _, _ in self._lines(start) if line]
        rest = bytes(self._received[self._received.rfind(b"\n") + 1 :])
        if rest.strip():
            came.append(f"{_decode(rest)}    (without a line end)")
        text += "; received, and not taken:\n" + _indent([_escape(redact(line)) for line in came] or ["nothing"])
        near = wanted and next((line for line in came if wanted.search(line)), None)
        if near:
            text += f"\na part of {near!r} matches, but a pattern must match the whole line"
        if self._clock == "manual":
            text += "\nthe device's clock is manual: what takes time happens in modem.advance() only"
        new = parse_reasons(self._program.messages(self._log_mark))
        if new:
            text += "\nthe device's log says:\n" + "\n\n".join(map(str, new))
        return text

    def _check_alive(self) -> None:
        __tracebackhide__ = True
        if self._stopped:
            raise DeviceError(f"{self.name} has been stopped")
        code = self._program.process.poll()
        if code is not None:
            raise DeviceError(f"{self.name} has ended with exit code {code}\n{_tail(self._program.messages())}")

    # -- The end

    def stop(self) -> None:
        """Switches the modem off in order, as SIGTERM does; the fixtures do it at the end of a test."""
        self._end(lambda: self._program.stop(max(60.0, self.timeout)))

    def kill(self) -> None:
        """Cuts the power: what the modem has not saved is lost."""
        self._end(self._program.kill)

    def _end(self, how: Callable[[], None]) -> None:
        if self._stopped:
            return
        self._stopped = True
        try:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            how()
        finally:
            self._last_log = self._program.messages()
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Modem:
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{self.name} at {self.port}>"


class Lab:
    """`attache lab`: servers on this machine, with certificates good and bad, for devices to connect to."""

    def __init__(self, program: str, folder: pathlib.Path):
        arguments = [str(program), "lab", "--json", "--folder", str(folder)]
        self._program = _Program(arguments, folder / "messages", 60.0)
        listing = json.loads(self._program.first_line)
        self.ports: dict[str, int] = listing["ports"]
        self.ca = pathlib.Path(listing["ca"])
        self.client_certificate = pathlib.Path(listing["client_certificate"])
        self.client_key = pathlib.Path(listing["client_key"])

    @property
    def ca_pem(self) -> str:
        """The certificate that AT%CMNG takes so that the modem trusts the lab's good servers."""
        return self.ca.read_text("ascii")

    def address(self, service: str) -> str:
        """"127.0.0.1:PORT" of a service that `attache lab --help` names, such as "https-expired"."""
        return f"127.0.0.1:{self.ports[service]}"

    def route(self, host: str, service: str) -> dict:
        """One of the configuration's [[route]]s: route("example.com:443", "https")."""
        return {"from": host, "to": self.address(service)}

    def stop(self) -> None:
        self._program.stop(30.0)


def to_toml(config: dict) -> str:
    """A configuration file from a dict: {"network": {"coverage": False}, "route": [{"from": …, "to": …}]}."""
    text = "".join(f"{key} = {_toml_value(value)}\n" for key, value in config.items() if not _is_table(value))
    for key, value in config.items():
        if _is_table(value):
            for table in [value] if isinstance(value, dict) else value:
                text += f"[{key}]\n" if isinstance(value, dict) else f"[[{key}]]\n"
                text += "".join(f"{name} = {_toml_value(content)}\n" for name, content in table.items())
    return text


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml_value(content)}" for key, content in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


# ---- pytest ---------------------------------------------------------------------------------------------

_modems: list[Modem] = []  # Those that the running test can have to do with.


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("attache", "virtual LTE modems")
    group.addoption("--attache", metavar="PROGRAM", help="the program attache (else ATTACHE, or from PATH)")
    group.addoption("--attache-timeout", metavar="SECONDS", help="how long modem.at() and expect() wait")
    parser.addini("attache", "the program attache, if it is not in PATH; seen from the ini file")
    parser.addini("attache_timeout", "how many seconds modem.at() and modem.expect() wait", default="10")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "attache(config, args, dialect, network, clock, scenario): how the devices of the test are made",
    )


def find_program(config: pytest.Config) -> str:
    """The program: --attache, the environment's ATTACHE, the ini file's attache, or the first one in PATH."""
    ini = config.getini("attache")
    ini_folder = config.inipath.parent if config.inipath else config.rootpath
    asked = [
        ("--attache", config.getoption("--attache"), config.invocation_params.dir),
        ("ATTACHE", os.environ.get("ATTACHE"), pathlib.Path.cwd()),
        ("the ini file's attache", ini, ini_folder),
        ("PATH", "attache", None),
    ]
    where, name, folder = next(row for row in asked if row[1])
    path = str(pathlib.Path(folder, name)) if folder and os.sep in name else name
    found = shutil.which(path)
    if found:
        return os.path.abspath(found)
    raise ProgramMissing(f"there is no program {path!r} (from {where})\n{_HOW_TO_GET_IT}")


def merge_settings(*layers: dict) -> dict:
    """The later ones on top: tables of `config` are merged key by key, `args` are joined, others replaced."""
    merged: dict = {}
    for layer in layers:
        for key, value in layer.items():
            before = merged.get(key)
            if key == "args":
                merged[key] = [*(before or []), *value]
            elif key == "config" and isinstance(before, dict) and isinstance(value, dict):
                merged[key] = _merge_tables(before, value)
            else:
                merged[key] = value
    return merged


def _merge_tables(below: dict, above: dict) -> dict:
    both = {key: _merge_tables(below[key], above[key]) for key in below.keys() & above.keys()
            if isinstance(below[key], dict) and isinstance(above[key], dict)}  # fmt: skip
    return {**below, **above, **both}


@pytest.fixture(scope="session")
def attache_program(pytestconfig: pytest.Config) -> str:
    """The path of the program."""
    try:
        return find_program(pytestconfig)
    except ProgramMissing as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture(scope="session")
def lab(attache_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Servers to connect to: one `attache lab` for the whole run (of each xdist worker)."""
    running = Lab(attache_program, tmp_path_factory.mktemp("lab"))
    yield running
    running.stop()


@pytest.fixture
def modem_settings() -> dict:
    """Override it: how the devices of a module, a class or a folder are made, as a dict of Modem's arguments."""
    return {}


@pytest.fixture
def make_modem(
    request: pytest.FixtureRequest, attache_program: str, modem_settings: dict
) -> Iterator[Callable[..., Modem]]:
    """Makes one device more: make_modem(dialect="slm-1.5"), on top of modem_settings and the markers."""
    made: list[Modem] = []
    option = request.config.getoption("--attache-timeout") or request.config.getini("attache_timeout")
    marks = [mark.kwargs for mark in request.node.iter_markers("attache")][::-1]

    def make(**settings: Any) -> Modem:
        __tracebackhide__ = True
        name = "modem" if not made else f"modem-{len(made) + 1}"
        defaults = {"timeout": float(option), "name": name}
        made.append(Modem(attache_program, **merge_settings(defaults, modem_settings, *marks, settings)))
        return made[-1]

    yield make
    failures = []
    for modem in made:
        try:
            modem.stop()
        except AttacheError as error:
            failures.append(str(error))
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)


@pytest.fixture
def modem(request: pytest.FixtureRequest, make_modem: Callable[..., Modem]) -> Modem:
    """A device of this test's own. Parametrised with indirect=True it takes a dict of Modem's arguments."""
    try:
        return make_modem(**getattr(request, "param", {}))
    except DeviceError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Of a test that fails, log and transcript of its devices stand in the report and, as properties, in JUnit."""
    if call.excinfo is not None and not call.excinfo.errisinstance((pytest.skip.Exception,)):
        for modem in _modems:
            for title, text in (("transcript", modem.transcript), ("log", modem.log)):
                if text:
                    item.add_report_section(call.when, f"{modem.name} {title}", _tail(text))
                    item.user_properties.append((f"{modem.name} {title}", _tail(text)))
    if call.when == "teardown":
        _modems[:] = [modem for modem in _modems if not modem._stopped]
    yield
