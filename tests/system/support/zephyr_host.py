"""Zephyr's driver nordic,nrf91-slm as a host: its scripts over CMUX, then lwIP's PPP client on DLC 1.

zephyr_host.py ATTACHE LWIP_PEER DIALECT SCRIPTS: SCRIPTS is the folder with nrf91-slm-init.at and nrf91-slm-dial.at,
what the driver says on the UART and then on DLC 1. Exits with 0 if an address, a ping and a DNS answer have come
through PPP, and AT has gone on beside it on DLC 2.
"""

import os
import re
import select
import subprocess
import sys
import tempfile
import time
import tty

from cmux_host import PATIENCE, UIH, Host, frame

AT_CHANNEL, PPP_CHANNEL = 2, 1  # After AT#XCMUX=2.
NAME = "server.example"
MTU = 127
CONFIG = """[dialect]
name = "%s"
services = ["cmux", "ppp"]
[[route]]
from = "%s"
to = "127.0.0.1:*"
"""


def exchanges(path):
    """The commands of a transcript, each with the patterns of the lines that it is answered with."""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("> "):
                found.append((line[2:], []))
            elif line.startswith("</ "):
                found[-1][1].append(line[3:])
            elif line.startswith("< "):
                found[-1][1].append(re.escape(line[2:]))
    return found


def play(path, say, read):
    """Each line of the script is waited for before the next command; what comes besides is no answer."""
    for command, wanted in exchanges(path):
        say(command.encode() + b"\r\n")
        came = b""
        pattern = re.compile(rb"\r\n.*?".join(b"\r\n" + each.encode() for each in wanted) + rb"\r\n", re.DOTALL)
        end = time.monotonic() + PATIENCE
        while not pattern.search(came):
            assert time.monotonic() < end and b"ERROR" not in came, (command, came)
            came += read()


def on_uart(host):
    def read():
        host.read(0.1)
        came = bytes(host.input)
        host.input.clear()
        return came
    return host.write, read


def on_channel(host, dlci):
    def read():
        host.pump(0.1)
        return host.data.pop(dlci, b"")
    return lambda data: host.say(dlci, data), read


def run_peer(host, peer, commands):
    """lwIP's PPP client on a PTY whose other end is the channel: its exit code and what it has printed."""
    near, far = os.openpty()
    tty.setraw(far)
    client = subprocess.Popen([peer, os.ttyname(far)] + commands, stdout=subprocess.PIPE)
    end = time.monotonic() + PATIENCE * 2
    try:
        while client.poll() is None:
            assert time.monotonic() < end
            ready, _, _ = select.select([near, host.descriptor], [], [], 0.1)
            if near in ready:
                data = os.read(near, 65536)
                for at in range(0, len(data), MTU):
                    host.write(frame(PPP_CHANNEL, UIH, data[at:at + MTU]))
            host.pump(0)
            data = host.data.pop(PPP_CHANNEL, b"")
            while data:
                data = data[os.write(near, data):]
        return client.returncode, client.stdout.read().decode()
    finally:
        client.kill()
        client.wait()
        os.close(near)
        os.close(far)


def scenario(host, peer, scripts):
    play(os.path.join(scripts, "nrf91-slm-init.at"), *on_uart(host))
    time_of_start = time.monotonic() + PATIENCE
    while True:  # The UART becomes a multiplexer a moment after the OK.
        host.write(frame(0, 0x3F))
        host.pump(0.1)
        if any(taken[0] == 0 and taken[2] == 0x73 for taken in host.frames):
            break
        assert time.monotonic() < time_of_start
    host.pump(0.2)
    host.frames.clear()
    host.open(1)
    host.open(2)
    play(os.path.join(scripts, "nrf91-slm-dial.at"), *on_channel(host, 1))
    host.wait_data(AT_CHANNEL, b"#XPPP: 1,0")
    code, said = run_peer(host, peer, ["ppp", "ping", "192.0.2.1", "resolve", NAME])
    assert code == 0, said
    assert re.search(r"^address 10\.[0-9.]+ gateway ", said, re.MULTILINE), said
    assert "ok ping\n" in said, said
    assert re.search("^%s 198\\.1[89]\\.[0-9.]+$" % re.escape(NAME), said, re.MULTILINE), said
    host.wait_data(AT_CHANNEL, b"#XPPP: 1,1")
    host.say(AT_CHANNEL, b"AT+CEREG?\r\n")
    host.wait_data(AT_CHANNEL, b"+CEREG: 1,1")


def main():
    program, peer, dialect, scripts = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "modem.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG % (dialect, NAME))
        port = os.path.join(folder, "modem")
        device = subprocess.Popen([program, "serve", "--config", config, "--port", "pty:" + port, "--timing", "10x",
                                   "--log-level", "off"], stdout=subprocess.PIPE)
        try:
            assert device.stdout.readline().startswith(b"ready ")
            scenario(Host(port), peer, scripts)
            device.terminate()
            assert device.wait(PATIENCE) == 0
        finally:
            device.kill()


if __name__ == "__main__":
    main()
