"""Zephyr's drivers nordic,nrf91-slm and nordic,nrf91-sm-v2 as hosts: their scripts over CMUX, then lwIP's PPP client.

zephyr_host.py ATTACHE LWIP_PEER DIALECT SCRIPTS: SCRIPTS is the folder with nrf91-slm-init.at and nrf91-slm-dial.at,
what the driver for SLM says on the UART and then on DLC 1; that for Serial Modem is played after the reference
(serial-modem-2.0/host-integration.md, 1), which has its scripts in full. Exits with 0 if an address, a ping and a DNS
answer have come through PPP, and AT has gone on beside it.
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
# Of nordic,nrf91-sm-v2: AT and notifications, dialling and PPP, and two for commands of the user.
V2_AT, V2_PPP, V2_USER, V2_FURTHER = 1, 2, 3, 4
# A request, and the beginnings of the lines that it waits for, one after the other.
V2_INIT = [
    (b"AT", [b"OK"]),
    (b"AT+CMEE=1", [b"OK"]),
    (b"AT+CGSN", [b"", b"OK"]),
    (b"AT+CGMM", [b"", b"OK"]),
    (b"AT+CGMI", [b"", b"OK"]),
    (b"AT+CGMR", [b"", b"OK"]),
    (b"AT#XCMUXURC=1", [b"OK"]),
    (b"AT%XSIM=1", [b"OK"]),
    (b"AT%XSIM?\rAT+CFUN=41", [b"%XSIM: 1"]),
    (b"AT%XICCID", [b"%XICCID: ", b"OK"]),
    (b"AT+CIMI", [b"", b"OK"]),
    (b"AT%XSIM=0", [b"OK"]),
    (b"AT+CMUX=0", [b"OK"]),
]
V2_NETWORK = [(b"AT+CEREG=1", [b"OK"]), (b"AT+CEREG?", [b"OK"]), (b"AT+CFUN=1", [b"OK"])]
V2_SHUTDOWN = [(b"AT+CEREG=0", [b"OK"]), (b"AT+CFUN=0", [b"OK"])]
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


def run_peer(host, peer, commands, channel=PPP_CHANNEL):
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
                    host.write(frame(channel, UIH, data[at:at + MTU]))
            host.pump(0)
            data = host.data.pop(channel, b"")
            while data:
                data = data[os.write(near, data):]
        return client.returncode, client.stdout.read().decode()
    finally:
        client.kill()
        client.wait()
        os.close(near)
        os.close(far)


def chat(steps, say, read):
    """As Zephyr's chat does: a line that begins otherwise is passed over, ERROR ends it. What has come in all."""
    seen = b""
    for request, wanted in steps:
        say(request + b"\r\n")
        came, waiting = b"", list(wanted)
        end = time.monotonic() + PATIENCE
        while waiting:
            assert time.monotonic() < end, (request, waiting)
            heard = read()
            seen += heard
            *lines, came = (came + heard).split(b"\r\n")
            for line in filter(None, lines):
                assert not line.startswith(b"ERROR"), request
                if waiting and line.startswith(waiting[0]):
                    del waiting[0]
    return seen


def wait_for_registration(host):
    registered = re.compile(rb"\r\n\+CEREG: [15]\r\n")
    end = time.monotonic() + PATIENCE
    while not registered.search(host.data.get(V2_AT, b"")):
        assert time.monotonic() < end, host.data
        host.pump(0.1)
    del host.data[V2_AT]


def dial(host, peer, commands):
    """What PPP of the device has said behind CONNECT is the peer's already."""
    host.say(V2_PPP, b"AT+CGDATA\r\n")
    came = host.wait_data(V2_PPP, b"CONNECT\r\n")
    host.data[V2_PPP] = came.split(b"CONNECT\r\n", 1)[1]
    code, said = run_peer(host, peer, commands, V2_PPP)
    assert code == 0, said
    assert re.search(r"^address 10\.[0-9.]+ gateway ", said, re.MULTILINE), said
    return said


def wait_for_commands(host, dlci):
    """The channel takes commands again in silence."""
    end = time.monotonic() + PATIENCE
    while b"\r\nOK\r\n" not in host.data.get(dlci, b""):
        assert time.monotonic() < end, host.data
        host.say(dlci, b"AT\r\n")
        host.pump(0.5)
    host.pump(0.5)
    del host.data[dlci]


def scenario_of_serial_modem(host, peer, _):
    chat(V2_INIT, *on_uart(host))
    for dlci in (0, V2_AT, V2_PPP, V2_USER, V2_FURTHER):
        host.open(dlci)
    host.data[V2_AT] = chat(V2_NETWORK, *on_channel(host, V2_AT))
    wait_for_registration(host)
    said = dial(host, peer, ["ppp", "ping", "192.0.2.1", "resolve", NAME, "hang-up"])
    assert "ok ping\n" in said and "ok hang-up\n" in said, said
    assert re.search(r"^%s 198\.1[89]\.[0-9.]+$" % re.escape(NAME), said, re.MULTILINE), said
    assert b"+CEREG: 1,1" in host.command(V2_AT, b"AT+CEREG?")
    wait_for_commands(host, V2_PPP)
    # A user's channel lets the network go, and come back: the driver dials again.
    host.command(V2_USER, b"AT+CFUN=4")
    host.command(V2_USER, b"AT+CFUN=1")
    wait_for_registration(host)
    assert "ok ping\n" in dial(host, peer, ["ppp", "ping", "192.0.2.1"])
    chat(V2_SHUTDOWN, *on_channel(host, V2_AT))


def scenario_of_slm(host, peer, scripts):
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
            scenario = scenario_of_slm if dialect.startswith("slm-") else scenario_of_serial_modem
            scenario(Host(port), peer, scripts)
            device.terminate()
            assert device.wait(PATIENCE) == 0
        finally:
            device.kill()


if __name__ == "__main__":
    main()
