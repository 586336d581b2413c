"""A device of the real program with a trace, its host and its peers."""

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from tshark import column, having, read

ATTACHE = ""
KILLS = 0
SANITIZED = False


class Peer(threading.Thread):
    """A TCP server that reads all, answers it, and closes."""

    def __init__(self, answer=b"", linger=None):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer = answer
        self.linger = linger
        self.received = b""
        self.start()

    def run(self):
        client, _ = self.listener.accept()
        client.sendall(self.answer)
        if self.linger:
            client.recv(1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
            return
        try:
            while data := client.recv(65536):
                self.received += data
        except ConnectionResetError:
            pass  # What came counts.
        client.close()
        self.listener.close()


class Session:
    """A device in a folder of its own, with a host on a unix socket."""

    def __init__(self, folder, *options, configuration="", pcap=True):
        self.folder = Path(folder)
        self.capture = self.folder / "trace.pcapng"
        (self.folder / "device.toml").write_text(configuration, encoding="utf-8")
        trace = ["--pcap", str(self.capture)] if pcap else []
        self.process = subprocess.Popen(
            [ATTACHE, "serve", "--config", str(self.folder / "device.toml"), "--port", f"unix:{self.folder}/modem",
             "--control", f"{self.folder}/control", "--log-file", f"{self.folder}/log", *trace, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.host = socket.socket(socket.AF_UNIX)
        self.host.connect(f"{self.folder}/modem")
        self.host.settimeout(60)
        self.pending = b""

    def send(self, data):
        self.host.sendall(data)

    def until(self, *ends):
        while not any(end in self.pending for end in ends):
            data = self.host.recv(65536)
            if not data:
                raise EOFError(self.pending)
            self.pending += data
        end = min((self.pending.find(end) + len(end) for end in ends if end in self.pending))
        text, self.pending = self.pending[:end], self.pending[end:]
        return text.decode(errors="replace")

    def at(self, line):
        self.send(line.encode() + b"\r\n")
        return self.until(b"OK\r\n", b"ERROR\r\n")

    def attach(self):
        self.at("AT+CEREG=1")
        self.at("AT+CFUN=1")
        self.until(b"+CEREG: 1\r\n")

    def ctl(self, *words):
        return subprocess.run([ATTACHE, "ctl", "--device", f"{self.folder}/control", *words], capture_output=True, text=True,
                              check=False)

    def stop(self, by=signal.SIGTERM):
        self.host.close()
        self.process.send_signal(by)
        self.process.communicate(timeout=60)
        return self.capture


class CapturesTest(unittest.TestCase):
    """A folder, a device in it, and what every capture has to fulfil."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.session = None

    def tearDown(self):
        if self.session and self.session.process.poll() is None:
            self.session.stop()
        self.temporary.cleanup()

    def serve(self, *options, configuration="", pcap=True):
        self.session = Session(self.folder, *options, configuration=configuration, pcap=pcap)
        return self.session

    def lab(self, *options):
        lab = subprocess.Popen([ATTACHE, "lab", "--folder", str(self.folder / "lab"), *options], stdout=subprocess.PIPE, text=True)
        self.addCleanup(lab.stdout.close)
        self.addCleanup(lab.wait)
        self.addCleanup(lab.terminate)
        ports = {}
        for line in lab.stdout:
            words = line.split()
            if len(words) > 1 and "/" in words[1]:
                ports[words[0]] = words[1].split("/")[0]
            if line.startswith("Client certificate"):
                break
        return ports

    def sound(self, capture, errors=(), may_be_cut=False):
        """The packets of a capture in which nothing is wrong but what was ordered."""
        packets = read(capture, may_be_cut)
        self.assertEqual(column(packets, "_ws.malformed"), [])
        for layer in ("ip", "tcp", "udp"):
            self.assertNotIn("0", column(packets, f"{layer}.checksum.status"))
        found = column(having(packets, **{"tcp.analysis.flags": None}), "_ws.expert.message")
        self.assertEqual([text for text in found if not any(error in text for error in errors)], [])
        return packets

    def https(self, server, *options):
        ports = self.lab()
        session = self.serve(*options, configuration=f'[[route]]\nfrom = "server.example:443"\nto = "127.0.0.1:{ports[server]}"\n')
        session.at("AT+CFUN=4")
        certificate = (self.folder / "lab" / "ca.pem").read_text(encoding="ascii").replace("\n", "\r\n")
        self.assertIn("OK", session.at(f'AT%CMNG=0,42,0,"{certificate}"'))
        session.attach()
        return session


def main(about):
    """Runs the tests of the calling program."""
    global ATTACHE, KILLS, SANITIZED  # pylint: disable=global-statement
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--attache", required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--sanitized", action="store_true", help="the program is slow, and keeps what it frees")
    given, rest = parser.parse_known_args()
    ATTACHE = given.attache
    KILLS = given.kills
    SANITIZED = given.sanitized
    unittest.main(argv=[sys.argv[0], *rest])
