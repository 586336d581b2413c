#!/usr/bin/env python3
"""Sessions through `attache serve --pcap`, read back by tshark: no packet is malformed, TCP has no errors but those that were ordered,
what is in TLS can be read with its secrets and not without, failures have their comment where they show."""

import os
import random
import signal
import socket
import stat
import subprocess
import threading
import time
from pathlib import Path

import device_session
from device_session import CapturesTest, Peer
from tshark import column, follow, having, read


class Captures(CapturesTest):
    def test_https_can_be_read_with_secrets_alone(self):
        for secrets in (True, False):
            with self.subTest(secrets=secrets):
                session = self.https("https", *(["--pcap-secrets"] if secrets else []))
                self.assertIn("#XHTTPCCON: 1", session.at('AT#XHTTPCCON=1,"server.example",443,42'))
                session.at('AT#XHTTPCREQ="GET","/get",""')
                session.until(b"#XHTTPCRSP:0,1")
                session.at("AT#XHTTPCCON=0")
                capture = session.stop()
                packets = self.sound(capture)
                self.assertEqual(column(packets, "http.request.uri"), ["/get"] if secrets else [])
                self.assertEqual(stat.S_IMODE(capture.stat().st_mode), 0o600)
                self.assertEqual(column(having(packets, dns__a=None), "dns.qry.name"), ["server.example"])
                self.assertTrue(any("AT#XHTTPCCON=1" in line for line in column(packets, "at.data")))
                self.assertTrue(any("+CFUN" in line for line in column(packets, "at.cmd")))

    def test_a_bad_certificate_has_its_reason_on_the_line(self):
        session = self.https("https-expired")
        self.assertIn("ERROR", session.at('AT#XHTTPCCON=1,"server.example",443,42'))
        time.sleep(0.3)
        capture = session.stop()
        packets = self.sound(capture)
        told = [packet for packet in packets if "[ca-expired]" in packet["frame.comment"]]
        self.assertEqual([packet["at.data"].strip("\\rn") for packet in told if packet["at.data"]][:1], ["ERROR"])
        self.assertEqual(column(packets, "tls.alert_message.desc"), ["45"])

    def test_a_refused_connection_shows_a_reset(self):
        session = self.serve(configuration='[[route]]\nfrom = "server.example:7"\nto = "refused"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        self.assertIn("ERROR", session.at('AT#XCONNECT="server.example",7'))
        capture = session.stop()
        (reset,) = having(self.sound(capture, ["Connection reset (RST)"]), tcp__flags__reset="1")
        self.assertIn("[server-refused]", reset["frame.comment"])

    def test_no_way_shows_icmp(self):
        session = self.serve(configuration='[[route]]\nfrom = "server.example:7"\nto = "unreachable"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        self.assertIn("ERROR", session.at('AT#XCONNECT="server.example",7'))
        capture = session.stop()
        self.assertEqual([packet["icmp.code"] for packet in self.sound(capture) if packet["icmp.type"] == "3"], ["1"])

    def test_no_answer_shows_syn_after_syn(self):
        session = self.serve(configuration='[network]\nconnect_timeout = "4s"\n[[route]]\nfrom = "server.example:7"\nto = "blackhole"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        self.assertIn("ERROR", session.at('AT#XCONNECT="server.example",7'))
        capture = session.stop()
        packets = self.sound(capture, ["retransmission"])
        self.assertEqual(len(having(packets, tcp__flags__syn="1", tcp__flags__ack="0")), 3)

    def transfer(self, link, errors=()):
        answer = bytes(random.Random(1).choices(b"abcdefghij", k=30000))
        peer = Peer(answer)
        session = self.serve(configuration=f'[link]\n{link}\n[[route]]\nfrom = "server.example:7"\nto = "127.0.0.1:{peer.port}"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        self.assertIn("#XCONNECT: 1", session.at('AT#XCONNECT="server.example",7'))
        sent, got = b"", b""
        for turn in range(20):
            text = f"message {turn} " + "x" * 200
            self.assertIn("#XSEND:", session.at(f'AT#XSEND=1,"{text}"'))
            sent += text.encode()
        while len(got) < len(answer):
            data, _, tail = session.at("AT#XRECV=1000").partition("\r\n#XRECV: ")
            self.assertNotEqual(tail, "", data)
            got += data.encode()
        session.at("AT#XSOCKET=0")
        peer.join(30)
        time.sleep(0.5)
        capture = session.stop()
        self.assertEqual((peer.received, got), (sent, answer))
        packets = self.sound(capture, errors)
        self.assertEqual(follow(packets), (sent, answer))
        return packets

    def test_bytes_of_a_connection_are_those_of_its_ends(self):
        self.transfer("")

    def test_loss_on_the_link_shows_as_what_it_is(self):
        packets = self.transfer('delay = "5ms"\nloss = "5%"', ["retransmission", "Out-Of-Order"])
        self.assertTrue(any("lost on the link" in comment for comment in column(packets, "frame.comment")))

    def test_a_peer_that_resets_shows_a_reset(self):
        peer = Peer(b"", linger=True)
        session = self.serve(configuration=f'[[route]]\nfrom = "server.example:7"\nto = "127.0.0.1:{peer.port}"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        session.at('AT#XCONNECT="server.example",7')
        session.at('AT#XSEND=1,"x"')
        peer.join(30)
        session.at("AT#XRECV=1000")
        capture = session.stop()
        self.assertEqual(len(having(self.sound(capture, ["Connection reset (RST)"]), tcp__flags__reset="1")), 1)

    def test_udp_and_its_refusal(self):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        session = self.serve(configuration=f'[[route]]\nfrom = "server.example:7"\nto = "127.0.0.1:{port}"\n')
        session.attach()
        session.at("AT#XSOCKET=1,2,0")
        session.at('AT#XCONNECT="server.example",7')
        session.at('AT#XSEND=1,"question"')
        data, client = server.recvfrom(100)
        self.assertEqual(data, b"question")
        server.sendto(b"answer", client)
        self.assertIn("answer", session.at("AT#XRECV=1000"))
        capture = session.stop()
        server.close()
        packets = self.sound(capture)
        self.assertEqual(column(having(packets, udp__dstport="7"), "udp.length"), ["16"])
        self.assertEqual(column(having(packets, udp__srcport="7"), "udp.length"), ["14"])

    def test_ipv6(self):
        ports = self.lab()
        session = self.serve(
            configuration=f'[network]\nipv6 = true\n[[route]]\nfrom = "server.example:80"\nto = "127.0.0.1:{ports["http"]}"\n')
        session.at('AT+CGDCONT=0,"IPV4V6",""')
        session.attach()
        self.assertIn("#XHTTPCCON: 1", session.at('AT#XHTTPCCON=1,"server.example",80'))
        session.at('AT#XHTTPCREQ="GET","/get",""')
        session.until(b"#XHTTPCRSP:0,1")
        session.at("AT#XHTTPCCON=0")
        packets = self.sound(session.stop())
        self.assertEqual(column(packets, "http.request.uri"), ["/get"])
        self.assertEqual(column(having(packets, ipv6__src=None), "tcp.options.mss_val"), ["1440", "1440"])

    def test_ping(self):
        session = self.serve(configuration='[[route]]\nfrom = "server.example"\nto = "127.0.0.1:*"\n')
        session.attach()
        session.at('AT#XPING="server.example",45,5000,2,100')
        session.until(b"OK\r\n", b"ERROR\r\n")  # A machine may let the device send no ICMP: the request stands there all the same.
        packets = self.sound(session.stop())
        self.assertIn("1", column(having(packets, icmp__type="8"), "icmp.seq"))

    def test_a_server_on_the_device(self):
        session = self.serve(configuration='[[listen]]\nport = 4000\nto = "127.0.0.1:0"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,1")
        session.at("AT#XBIND=4000")
        session.at("AT#XLISTEN")
        place = session.ctl("state").stdout
        session.send(b"AT#XACCEPT=20\r\n")
        port = self.listening_port(session.process.pid)
        client = socket.create_connection(("127.0.0.1", port))
        session.until(b"OK\r\n", b"ERROR\r\n")
        client.sendall(b"from the client")
        self.assertIn("from the client", session.at("AT#XRECV=1000"), place)
        session.at('AT#XSEND=1,"from the device"')
        self.assertEqual(client.recv(100), b"from the device")
        client.close()
        session.at("AT#XSOCKET=0")
        capture = session.stop()
        self.assertEqual(follow(self.sound(capture)), (b"from the client", b"from the device"))

    @staticmethod
    def listening_port(pid):
        sockets = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                return int(words[1].split(":")[1], 16)
        raise LookupError("the device does not listen")

    def test_coverage_loss_in_a_download_shows_nothing_while_it_lasts(self):
        peer = Peer(b"x" * 3000)
        session = self.serve(configuration=f'[link]\ndelay = "50ms"\ndown_rate = "20k"\n[[route]]\nfrom = "server.example:7"\nto = "127.0.0.1:{peer.port}"\n')
        session.attach()
        session.at("AT#XSOCKET=1,1,0")
        session.at('AT#XCONNECT="server.example",7')
        session.at("AT#XRECV=1000")
        session.ctl("coverage", "off")
        time.sleep(0.5)
        session.at("AT+CFUN=4")
        time.sleep(0.2)
        capture = session.stop()
        comments = " | ".join(column(self.sound(capture), "frame.comment"))
        self.assertIn("no coverage", comments)
        self.assertIn("PDN context 0 is down", comments)

    def test_a_hundred_megabytes_leave_no_trace_in_memory(self):
        size = 10_000_000 if device_session.SANITIZED else 100_000_000
        peer = Peer()

        def serve_file():
            client, _ = peer2.accept()
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            for _ in range(size // 100000):
                client.sendall(b"z" * 100000)
            client.close()

        peer2 = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=serve_file, daemon=True).start()
        port = peer2.getsockname()[1]
        session = self.serve(configuration=f'[[route]]\nfrom = "server.example:80"\nto = "127.0.0.1:{port}"\n')
        session.attach()
        self.assertIn("#XHTTPCCON: 1", session.at('AT#XHTTPCCON=1,"server.example",80'))
        session.send(b'AT#XHTTPCREQ="GET","/file",""\r\n')
        got, most, tail = 0, 0, b""
        while b"#XHTTPCRSP:0,1" not in tail:
            data = session.host.recv(1 << 20)
            got += len(data)
            tail = (tail + data)[-100:]
            memory = Path(f"/proc/{session.process.pid}/statm").read_text(encoding="ascii").split()
            most = max(most, int(memory[1]) * 4096)
        capture = session.stop()
        self.assertGreater(got, size)
        if not device_session.SANITIZED:
            self.assertLess(most, 64_000_000)
        self.assertGreater(capture.stat().st_size, 1000)
        peer.listener.close()

    def test_what_happens_to_the_modem_is_told(self):
        session = self.serve()
        session.attach()
        session.ctl("link", "outage=on")
        session.ctl("coverage", "off")
        time.sleep(0.2)
        session.at("AT+CPIN=\"739146\"")
        capture = session.stop()
        comments = " | ".join(column(self.sound(capture), "frame.comment"))
        for text in ("registration: registered", "RRC: ", "serving cell", "PDN context 0 is up", "outage: nothing passes", "no coverage"):
            self.assertIn(text, comments)
        for packet in having(self.sound(capture), frame__interface_name="modem"):
            self.assertEqual(packet["_ws.col.Info"], packet["frame.comment"], "the list of packets shows it")
        self.assertNotIn(b"739146", capture.read_bytes())

    def test_ctl_begins_and_ends_a_trace(self):
        session = self.serve(pcap=False)
        self.assertEqual(session.ctl("trace", "status").stdout, "no trace is being written\n")
        started = session.ctl("trace", "start", str(session.capture))
        self.assertEqual(started.stdout, f"a trace is written to {session.capture}\n", started.stderr)
        self.assertNotEqual(session.ctl("trace", "start", "other").returncode, 0)
        session.at("AT+CFUN?")
        self.assertIn("a trace is written to", session.ctl("trace", "status").stdout)
        self.assertIn("packets were written", session.ctl("trace", "stop").stdout)
        session.at("AT+CGSN")
        self.assertNotEqual(session.ctl("trace", "stop").returncode, 0)
        self.assertEqual(column(read(session.capture), "at.cmd"), ["+CFUN", "+CFUN", "OK"])

    def test_a_host_begins_and_ends_a_trace_by_the_modem_command(self):
        capture = self.folder / "trace.pcapng"
        session = self.serve(configuration=f'[trace]\nfile = "{capture}"\nstart = "command"\n', pcap=False)
        session.at("AT+CFUN?")
        self.assertFalse(capture.exists())
        session.at("AT%XMODEMTRACE=1,2")
        session.at("AT+CFUN=4")
        session.at("AT%XMODEMTRACE=0")
        session.at("AT+CFUN=0")
        session.stop()
        commands = column(read(capture), "at.cmd")
        self.assertEqual(commands.count("+CFUN"), 1)

    def test_a_host_begins_and_ends_a_trace_by_the_command_of_serial_modem(self):
        capture = self.folder / "trace.pcapng"
        session = self.serve("--dialect", "serial-modem-2.0", pcap=False, configuration=(
            f'[dialect]\nservices = ["trace_uart"]\n[trace]\nfile = "{capture}"\nstart = "command"\n'))
        session.at("AT+CFUN?")
        self.assertFalse(capture.exists())
        self.assertIn("OK", session.at("AT#XTRACE=1"))
        session.at("AT+CFUN=4")
        self.assertIn("OK", session.at("AT#XTRACE=0"))
        session.at("AT+CFUN=0")
        session.stop()
        commands = column(read(capture), "at.cmd")
        self.assertEqual(commands.count("+CFUN"), 1)

    def test_a_file_that_is_cut_by_kill_can_be_read(self):
        for run in range(device_session.KILLS):
            with self.subTest(run=run):
                session = self.serve()
                stop_at = time.monotonic() + random.Random(run).uniform(0, 0.1)
                session.at("AT")
                while time.monotonic() < stop_at:
                    session.at("AT+CFUN?")
                while b"AT" not in session.capture.read_bytes():
                    time.sleep(0.005)
                capture = session.stop(signal.SIGKILL)
                self.assertNotEqual(column(self.sound(capture, may_be_cut=True), "at.cmd"), [])
                for name in ("modem", "modem.lock", "control", "control.lock"):
                    (self.folder / name).unlink(missing_ok=True)

    def test_a_full_disk_does_not_stop_the_device(self):
        session = self.serve("--explain", pcap=False)
        started = session.ctl("trace", "start", "/dev/full")
        self.assertEqual(started.returncode, 0, started.stderr)
        for _ in range(50):
            self.assertIn("OK", session.at("AT+CFUN?"))
        time.sleep(0.5)
        self.assertIn("could not be written: No space left", session.ctl("trace", "stop").stdout)
        session.stop()

    def test_files_rotate(self):
        capture = self.folder / "trace.pcapng"
        session = self.serve(configuration=f'[trace]\nfile = "{capture}"\nrotate_size = 65536\nkeep = 2\n', pcap=False)
        for _ in range(2500):
            session.at("AT+CFUN?")
        session.stop()
        files = sorted(path.name for path in self.folder.glob("trace*"))
        self.assertEqual(files, ["trace.1.pcapng", "trace.2.pcapng", "trace.pcapng"])
        for name in files:
            commands = column(self.sound(self.folder / name), "at.cmd")
            self.assertTrue(commands or name == "trace.pcapng", name)  # The present one may have begun just now.

    def test_wireshark_lists_and_captures_running_devices(self):
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder)}
        # Wireshark looks there if another user than root asks.
        environment["WIRESHARK_EXTCAP_DIR"] = str(self.folder)
        (self.folder / "attache-extcap").symlink_to(device_session.ATTACHE)

        def ask(*words):
            return subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout

        if os.getuid() == 0:
            self.assertIn("attache-extcap leads to", ask(device_session.ATTACHE, "trace", "install-extcap"))
            self.addCleanup(ask, device_session.ATTACHE, "trace", "install-extcap", "--remove")
        os.environ["XDG_RUNTIME_DIR"] = str(self.folder)
        session = self.serve(pcap=False)
        name = f"attache-{session.process.pid}"
        self.assertIn(f"{name} (Attaché {self.folder}/control)", ask("tshark", "-D"))
        self.assertIn("{call=--secrets}", ask(self.folder / "attache-extcap", "--extcap-config", "--extcap-interface", name))
        capturing = subprocess.Popen(["tshark", "-q", "-i", name, "-w", str(session.capture)], stderr=subprocess.DEVNULL,
                                     env=environment)
        while "is written to" not in session.ctl("trace", "status").stdout:
            self.assertIsNone(capturing.poll())
            time.sleep(0.1)
        session.at("AT+CFUN?")
        time.sleep(2)
        capturing.send_signal(signal.SIGINT)
        capturing.wait(60)
        deadline = time.monotonic() + 30
        while "no trace" not in session.ctl("trace", "status").stdout and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertIn("no trace", session.ctl("trace", "status").stdout)
        self.assertIn("+CFUN", column(read(session.capture), "at.cmd"))


if __name__ == "__main__":
    device_session.main(__doc__)
