#!/usr/bin/env python3
"""The services of a device through `attache serve --pcap`, against real servers, read back by tshark: what is in TLS and DTLS can be
read with its secrets and not without, each PDN context has its interface, and nothing is wrong with any packet."""

import shutil
import socket
import subprocess
import time
import unittest
from pathlib import Path

import device_session
from device_session import CapturesTest, Peer
from tshark import column, follow, having


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def program(name):
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not found:
        raise unittest.SkipTest(f"{name} is not installed")
    return found


class Services(CapturesTest):
    def server(self, port, *command):
        """Starts a server, which ends with the test, and waits until it listens."""
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while True:
            self.assertIsNone(process.poll(), f"{command[0]} did not start")
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)

    def own_certificate(self):
        """Of server.example, its own authority: certificate and key."""
        files = self.folder / "server.pem", self.folder / "server.key"
        subprocess.run([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=server.example", "-addext", "subjectAltName=DNS:server.example", "-out", files[0], "-keyout",
                        files[1]], check=True, capture_output=True)
        return files

    def write_credential(self, kind, file):
        text = Path(file).read_text(encoding="ascii").replace("\n", "\r\n")
        self.assertIn("OK", self.session.at(f'AT%CMNG=0,42,{kind},"{text}"'))

    def both_ways(self, test):
        """Once with the secrets in the file and once without."""
        for secrets in (True, False):
            with self.subTest(secrets=secrets):
                test(secrets)

    @staticmethod
    def route(port, of=443):
        return f'[[route]]\nfrom = "server.example:{of}"\nto = "127.0.0.1:{port}"\n'

    def test_a_client_certificate_is_shown_to_the_server(self):
        ports = self.lab()
        session = self.serve("--pcap-secrets", configuration=self.route(ports["https-client-certificate"]))
        session.at("AT+CFUN=4")
        for kind, name in enumerate(("ca.pem", "client.pem", "client.key")):
            self.write_credential(kind, self.folder / "lab" / name)
        session.attach()
        self.assertIn("#XHTTPCCON: 1", session.at('AT#XHTTPCCON=1,"server.example",443,42'))
        session.at('AT#XHTTPCREQ="GET","/get",""')
        session.until(b"#XHTTPCRSP:0,1")
        session.at("AT#XHTTPCCON=0")
        packets = self.sound(session.stop())
        handshakes = ",".join(column(packets, "tls.handshake.type")).split(",")
        self.assertEqual((handshakes.count("11"), handshakes.count("15")), (2, 1))  # Two certificates, one of them verified by its key.
        self.assertEqual(column(packets, "http.request.uri"), ["/get"])

    def test_mqtt_in_tls_can_be_read_with_secrets_alone(self):
        certificate, key = self.own_certificate()
        port = free_port()
        (self.folder / "mosquitto.conf").write_text(f"user root\nallow_anonymous true\nlistener {port} 127.0.0.1\ncertfile {certificate}\n"
                                                    f"keyfile {key}\n", encoding="utf-8")
        self.server(port, program("mosquitto"), "-c", self.folder / "mosquitto.conf")

        def exchange(secrets):
            session = self.serve(*(["--pcap-secrets"] if secrets else []), configuration=self.route(port, 8883))
            session.at("AT+CFUN=4")
            self.write_credential(0, certificate)
            session.attach()
            session.at('AT#XMQTTCON=1,"device","","","server.example",8883,42')
            session.until(b"#XMQTTEVT: 0,0\r\n")
            session.at('AT#XMQTTSUB="room/light",1')
            session.until(b"#XMQTTEVT: 7,0\r\n")
            session.at('AT#XMQTTPUB="room/light",1,"on",0,0')
            session.until(b"#XMQTTEVT: 2,0\r\n")
            session.at("AT#XMQTTCON=0")
            topics = column(self.sound(session.stop()), "mqtt.topic")
            self.assertEqual(topics, ["room/light"] * 3 if secrets else [])

        self.both_ways(exchange)

    def test_what_is_in_dtls_can_be_read_with_secrets_alone(self):
        certificate, key = self.own_certificate()

        def exchange(secrets):
            server = subprocess.Popen([program("openssl"), "s_server", "-dtls1_2", "-accept", "127.0.0.1:0", "-cert", certificate,
                                       "-key", key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.addCleanup(server.communicate)
            self.addCleanup(server.kill)
            port = next(line for line in server.stdout if line.startswith(b"ACCEPT")).split(b":")[-1].strip().decode()
            session = self.serve(*(["--pcap-secrets"] if secrets else []), configuration=self.route(port, 4433))
            session.at("AT+CFUN=4")
            self.write_credential(0, certificate)
            session.attach()
            session.at("AT#XSOCKET=1,2,0,42")
            self.assertIn("#XCONNECT: 1", session.at('AT#XCONNECT="server.example",4433'))
            session.at('AT#XSEND=1,"question"')
            server.stdin.write(b"answer")
            server.stdin.flush()
            self.assertIn("answer", session.at("AT#XRECV=1000"))
            session.at("AT#XSOCKET=0")
            packets = self.sound(session.stop())
            self.assertIn("16", ",".join(column(packets, "dtls.handshake.type")).split(","))
            self.assertEqual(b"question".hex() in column(packets, "data.data"), secrets)

        self.both_ways(exchange)

    def test_data_connections_of_ftp_are_there(self):
        (self.folder / "ftp").mkdir()
        (self.folder / "ftp" / "file").write_text("twelve bytes", encoding="ascii")
        (self.folder / "empty").mkdir()
        for folder in (self.folder, self.folder / "ftp"):
            folder.chmod(0o777)
        port = free_port()
        (self.folder / "vsftpd.conf").write_text(
            f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\nanon_root={self.folder}/ftp\n"
            f"secure_chroot_dir={self.folder}/empty\nwrite_enable=YES\nanon_upload_enable=YES\nallow_writeable_chroot=YES\n"
            "connect_from_port_20=NO\nseccomp_sandbox=NO\nrun_as_launching_user=YES\nanon_world_readable_only=NO\n", encoding="utf-8")
        self.server(port, program("vsftpd"), self.folder / "vsftpd.conf")
        session = self.serve(configuration=self.route(port, 21) + '[[route]]\nfrom = "server.example"\nto = "127.0.0.1:*"\n')
        session.attach()
        self.assertIn("OK", session.at('AT#XFTP="open",,,"server.example",21'))
        self.assertIn("twelve bytes", session.at('AT#XFTP="get","file"'))
        self.assertIn("OK", session.at('AT#XFTP="put","upload",1,"of the device"'))
        session.at('AT#XFTP="close"')
        packets = self.sound(session.stop())
        self.assertEqual([word for word in column(packets, "ftp.request.command") if word in ("RETR", "STOR")], ["RETR", "STOR"])
        data = [(packet["tcp.stream"], bytes.fromhex(packet["tcp.payload"])) for packet in having(packets, tcp__payload=None)
                if "21" not in (packet["tcp.srcport"], packet["tcp.dstport"])]
        self.assertEqual(data, [("1", b"twelve bytes"), ("2", b"of the device")])

    def test_a_firmware_download_is_there_to_its_last_byte(self):
        ports = self.lab()
        session = self.serve(configuration=self.route(ports["http"], 80))
        session.attach()
        session.at('AT#XFOTA=1,"http://server.example/firmware/1.6.1"')
        session.until(b"#XFOTA: 1,4,0\r\n")
        packets = self.sound(session.stop())
        self.assertEqual(set(column(packets, "http.request.uri")), {"/firmware/1.6.1"})
        size = sum(int(packet["tcp.len"]) for packet in having(packets, tcp__srcport="80"))
        self.assertGreater(size, 1000)

    def test_power_saving_stands_between_the_packets(self):
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        peer.bind(("127.0.0.1", 0))
        session = self.serve("--timing", "60x", configuration='[network]\npsm = "00000001,00100001"\n'
                                                              + self.route(peer.getsockname()[1], 7))
        session.at('AT+CPSMS=1,"","","00100001","00000001"')
        session.at("AT%XMODEMSLEEP=1,0,10240")
        session.attach()
        session.at("AT#XSOCKET=1,2,0")
        session.at('AT#XCONNECT="server.example",7')
        session.at('AT#XSEND=1,"first"')
        session.until(b"%XMODEMSLEEP: 1,")
        session.at('AT#XSEND=1,"second"')
        time.sleep(0.3)
        packets = self.sound(session.stop())
        peer.close()
        comments = column(packets, "frame.comment")
        asleep = [number for number, text in enumerate(comments) if "sleep: PSM" in text]
        self.assertTrue(asleep, comments)
        self.assertIn("RRC: connected", comments[asleep[0]:])

    def test_each_context_has_its_interface(self):
        peers = Peer(b"first"), Peer(b"second")
        session = self.serve(
            "--dialect", "serial-modem-2.0",
            configuration="".join(self.route(peer.port, of) for peer, of in zip(peers, (7, 8))))
        session.attach()
        session.at('AT+CGDCONT=1,"IP","further"')
        session.at("AT+CGACT=1,1")
        session.at("AT#XSOCKET=1,1,0")
        session.at("AT#XSOCKET=1,1,0,1")
        for handle, port in ((0, 7), (1, 8)):
            self.assertIn(f"#XCONNECT: {handle},1", session.at(f'AT#XCONNECT={handle},"server.example",{port}'))
            session.at(f"AT#XRECV={handle},0,0,10")
            session.at(f'AT#XSEND={handle},0,0,"from {handle}"')
        session.at("AT+CGACT=0,1")
        session.at('AT#XSEND=0,0,0," and on"')
        session.at("AT#XCLOSE=0")
        peers[0].join(30)
        packets = self.sound(session.stop(), ["Connection reset"])
        own = {name: having(packets, **{"frame.interface_name": name}) for name in ("pdn0", "pdn1")}
        self.assertEqual(follow(own["pdn0"]), (b"from 0 and on", b"first"))
        self.assertEqual(follow(own["pdn1"]), (b"from 1", b"second"))
        addresses = [{packet["ip.src"] for packet in own[name] if packet["tcp.dstport"] in ("7", "8")} for name in own]
        self.assertEqual([len(each) for each in addresses], [1, 1])
        self.assertNotEqual(*addresses)
        self.assertEqual([len(having(own[name], **{"dns.flags.response": "False"})) + len(having(own[name], **{"dns.flags.response": "0"}))
                          for name in own], [1, 1])
        self.assertTrue(any("PDN context 1 is down" in comment for comment in column(packets, "frame.comment")))


if __name__ == "__main__":
    device_session.main(__doc__)
