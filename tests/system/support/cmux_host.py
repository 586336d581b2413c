"""A host that multiplexes a line after 3GPP TS 27.010, basic option, written from that standard alone.

cmux_host.py ATTACHE SCENARIO: serves a device on a PTY of its own, and plays one scenario on it. Prints nothing
and exits with 0 if all went as the standard and the device's documentation have it.
"""

import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty

PATIENCE = 40.0
FLAG = 0xF9
SABM, UA, DM, DISC, UIH, UI = 0x2F, 0x63, 0x0F, 0x43, 0xEF, 0x03
PF = 0x10
PN, PSC, CLD, TEST, FCON, FCOFF, MSC, NSC, RPN, RLS, SNC = (
    0x80, 0x40, 0xC0, 0x20, 0xA0, 0x60, 0xE0, 0x10, 0x90, 0x50, 0xD0)
SERVICES = '["sms", "mqttc", "cmux"]'


def fcs(octets):
    """The check sequence of 5.2.1.6, bit by bit: x^8 + x^2 + x + 1, the lowest bit first, complemented."""
    register = 0xFF
    for octet in octets:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ 0xE0 if register & 1 else register >> 1
    return 0xFF - register


def frame(dlci, control, information=b"", command=True, flaw=0):
    header = bytes([dlci << 2 | (2 if command else 0) | 1, control])
    size = len(information)
    header += bytes([size << 1 | 1]) if size < 128 else bytes([size << 1 & 0xFE, size >> 7])
    checked = header + information if control & ~PF == UI else header
    return bytes([FLAG]) + header + information + bytes([fcs(checked) ^ flaw, FLAG])


def message(kind, value=b"", command=True):
    return bytes([kind | (2 if command else 0) | 1, len(value) << 1 | 1]) + value


class Host:
    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.descriptor)
        self.input = bytearray()
        self.frames = []  # Those that have come and were not asked for: (dlci, command, control, information).
        self.data = {}

    def close(self):
        os.close(self.descriptor)

    def write(self, octets):
        while octets:
            octets = octets[os.write(self.descriptor, octets):]

    def read(self, timeout):
        ready, _, _ = select.select([self.descriptor], [], [], timeout)
        if ready:
            self.input += os.read(self.descriptor, 65536)
        return bool(ready)

    def line(self, command, wanted=b"\r\nOK\r\n", timeout=PATIENCE):
        """A command in plain AT; False if its answer does not come in time."""
        self.input.clear()
        self.write(command + b"\r")
        end = time.monotonic() + timeout
        while wanted not in self.input:
            if time.monotonic() > end:
                return False
            self.read(0.1)
        self.input.clear()
        return True

    def take_frame(self):
        """The next frame in the input; what is none ends the scenario: a device sends nothing else."""
        while len(self.input) >= 2 and self.input[0] == FLAG and self.input[1] == FLAG:
            del self.input[0]
        if len(self.input) < 4:
            return None
        assert self.input[0] == FLAG, bytes(self.input)
        address, control, length = self.input[1], self.input[2], self.input[3]
        assert address & 1, "an address has one octet"
        size, header = length >> 1, 3
        if not length & 1:
            if len(self.input) < 5:
                return None
            size, header = size | self.input[4] << 7, 4
        whole = 1 + header + size + 2
        if len(self.input) < whole:
            return None
        octets = bytes(self.input[:whole])
        assert octets[-1] == FLAG, octets
        del self.input[:whole - 1]
        information = octets[1 + header:-2]
        checked = octets[1:1 + header] + (information if control & ~PF == UI else b"")
        assert octets[-2] == fcs(checked), octets
        return address >> 2, bool(address & 2), control, information

    def pump(self, timeout):
        got = self.read(timeout)
        while (taken := self.take_frame()) is not None:
            dlci, command, control, information = taken
            if control & ~PF == UIH and dlci != 0:
                assert not command, "UIH of a responder has C/R 0"
                self.data[dlci] = self.data.get(dlci, b"") + information
            else:
                self.frames.append(taken)
        return got

    def wait_frame(self, dlci, control, information=None):
        end = time.monotonic() + PATIENCE
        while True:
            for taken in self.frames:
                if taken[0] == dlci and taken[2] == control and information in (None, taken[3]):
                    self.frames.remove(taken)
                    return taken
            assert time.monotonic() < end, (dlci, control, information, self.frames)
            self.pump(0.1)

    def wait_data(self, dlci, wanted):
        end = time.monotonic() + PATIENCE
        while wanted not in self.data.get(dlci, b""):
            assert time.monotonic() < end, (dlci, wanted, self.data)
            self.pump(0.1)
        return self.data.pop(dlci)

    def open(self, dlci):
        self.write(frame(dlci, SABM | PF))
        taken = self.wait_frame(dlci, UA | PF)
        assert taken[1], "a response has the C/R of the command"

    def start(self, *dlcis):
        assert self.line(b"AT+CMUX=0")
        for dlci in (0,) + dlcis:
            self.open(dlci)

    def say(self, dlci, data):
        self.write(frame(dlci, UIH, data))

    def command(self, dlci, line):
        self.say(dlci, line + b"\r")
        return self.wait_data(dlci, b"\r\nOK\r\n")

    def control(self, kind, value=b"", answer=None):
        self.write(frame(0, UIH, message(kind, value)))
        self.wait_frame(0, UIH, message(kind, value, False) if answer is None else answer)

    def close_down(self):
        """What a host begins with that does not know how the modem is: flags and CLD, then 2 s of rest."""
        self.write(bytes([FLAG] * 8) + frame(0, UIH, message(CLD)))
        time.sleep(0.5)
        self.input.clear()


def nothing_comes(host, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        host.pump(0.05)
    assert not host.frames and not host.data, (host.frames, host.data)


def control_messages(device):
    host = device.host()
    host.start(1, 2)
    for kind in (PN, RPN, RLS, SNC, TEST):
        host.control(kind, b"\x07\x03", message(NSC, bytes([kind | 3]), False))
    host.control(FCOFF)
    host.say(1, b"AT\r")
    nothing_comes(host, 0.2)
    host.control(FCON)
    host.wait_data(1, b"\r\nOK\r\n")
    host.control(MSC, bytes([0x07, 0x8D]))
    host.wait_frame(0, UIH, message(MSC, bytes([0x07, 0x8D])))
    host.write(frame(0, UIH, message(MSC, bytes([0x07, 0x8D]), False)))
    host.control(MSC, bytes([0x07, 0x8F]))
    host.say(1, b"AT\r")
    assert b"OK" in host.command(2, b"AT")
    assert 1 not in host.data
    host.control(MSC, bytes([0x07, 0x8D]))
    host.wait_data(1, b"\r\nOK\r\n")
    host.control(PSC)
    host.write(bytes([FLAG]))
    assert b"OK" in host.command(1, b"AT")
    host.write(frame(1, DISC | PF))
    host.wait_frame(1, UA | PF)
    host.write(frame(1, DISC | PF))
    host.wait_frame(1, UA | PF)
    host.wait_frame(1, DM | PF)
    host.write(frame(7, SABM | PF))
    host.wait_frame(7, DM | PF)
    host.control(CLD)
    time.sleep(0.5)
    assert host.line(b"AT")


def whole_standard(device):
    host = device.host()
    host.start()
    wanted = bytes([1, 0, 7, 10, 31, 0, 3, 2])
    host.control(PN, wanted)
    host.open(1)
    host.control(TEST, b"pattern")
    host.control(RLS, b"\x07\x03")
    host.control(SNC, b"\x07\x03")
    host.control(RPN, b"\x07", message(RPN, b"\x07\x07\x03\x00\x11\x13\x7F\x3F", False))
    host.write(frame(2, DISC | PF))
    host.wait_frame(2, DM | PF)
    answer = host.command(1, b"AT#XCLAC")
    assert len(answer) > 31
    host.open(0)
    host.open(1)


def split_reads(device):
    host = device.host()
    assert host.line(b"AT+CMUX=0")
    session = frame(0, SABM | PF) + frame(1, SABM | PF) + frame(1, UIH, b"AT\r")
    for piece in (1, 2, 3, 5, 7, 11):
        for at in range(0, len(session), piece):
            host.write(session[at:at + piece])
            time.sleep(0.001)
        host.wait_frame(0, UA | PF)
        host.wait_frame(1, UA | PF)
        host.wait_data(1, b"\r\nOK\r\n")
        host.close_down()
        assert host.line(b"AT+CMUX=0"), piece


def merged_reads(device):
    host = device.host()
    assert host.line(b"AT")
    host.write(b"AT+CMUX=0\r" + frame(0, SABM | PF) + frame(1, SABM | PF) + frame(2, SABM | PF) +
               b"".join(frame(dlci, UIH, b"AT\r") for dlci in (1, 2) for _ in range(50)))
    end = time.monotonic() + PATIENCE
    while not host.input.startswith(b"\r\nOK\r\n"):
        assert time.monotonic() < end
        host.read(0.1)
    del host.input[:6]
    for dlci in (0, 1, 2):
        host.wait_frame(dlci, UA | PF)
    for dlci in (1, 2):
        host.wait_data(dlci, b"\r\nOK\r\n" * 50)


def bad_frames(device):
    host = device.host()
    host.start(1)
    host.write(frame(1, UIH, b"AT\r", flaw=1))
    host.write(frame(1, UIH, b"x" * 128))
    host.write(frame(1, UIH, b"x" * 5000))
    host.write(b"AT\r\n\r\nAT\r\n")
    nothing_comes(host, 0.3)
    assert b"OK" in host.command(1, b"AT")
    generator = random.Random(27010)
    for _ in range(200):
        host.write(bytes(generator.choice((FLAG, 0x07, 0xEF, generator.randrange(256)))
                         for _ in range(generator.randrange(60))))
        time.sleep(1.1 if generator.randrange(40) == 0 else 0)
    time.sleep(1.2)
    host.pump(0.1)
    host.frames.clear()
    host.data.clear()
    host.close_down()
    host.write(b"\r")
    time.sleep(0.1)
    host.line(b"AT", timeout=5)
    assert host.line(b"AT")


def killed_in_mid_frame(device):
    device.host().close()
    generator = random.Random(1)
    # By hand, this file alone: ATTACHE_CMUX_KILLS=100, which takes a minute and a half, longer than a test may.
    for turn in range(int(os.environ.get("ATTACHE_CMUX_KILLS", "20"))):
        cut = frame(1, UIH, b"AT+CGMM;" * (12 if turn % 10 == 0 else 1))
        size = generator.randrange(1, len(cut))
        child = os.fork()
        if child == 0:
            try:
                host = device.host()
                host.close_down()
                assert any(host.line(b"AT", timeout=1.5) for _ in range(20)), "plain AT"
                host.start(1)
                assert b"OK" in host.command(1, b"AT")
                host.write(cut[:size])
                os.kill(os.getpid(), signal.SIGKILL)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, turn


class Device:
    def __init__(self, program, options):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "modem")
        config = os.path.join(self.folder.name, "modem.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('[dialect]\nname = "serial-modem-2.0"\nservices = %s\n%s' % (SERVICES, options))
        # It must not outlive a test that is killed because it took too long.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, "serve", "--config", config, "--port", "pty:" + self.path,
             "--log-level", "off"],
            stdout=subprocess.PIPE)
        assert self.process.stdout.readline().startswith(b"ready ")

    def host(self):
        return Host(self.path)

    def end(self):
        self.process.terminate()
        try:
            assert self.process.wait(PATIENCE) == 0
        finally:
            self.process.kill()


SCENARIOS = {
    "control-messages": (control_messages, ""),
    "whole-standard": (whole_standard, "cmux_whole_standard = true\n"),
    "split-reads": (split_reads, ""),
    "merged-reads": (merged_reads, ""),
    "bad-frames": (bad_frames, ""),
    # The port does not tell that the host has gone: the next one closes down what it finds.
    "killed-in-mid-frame": (killed_in_mid_frame, "cmux_outlives_host = true\n"),
    "killed-and-noticed": (killed_in_mid_frame, ""),
}


def main():
    scenario, options = SCENARIOS[sys.argv[2]]
    device = Device(sys.argv[1], options)
    try:
        scenario(device)
    finally:
        device.end()


if __name__ == "__main__":
    main()
