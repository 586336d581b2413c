#!/usr/bin/env python3
"""PPP on a channel of CMUX through `attache serve --pcap`, read back by tshark: an interface for each channel, what controls the
multiplexer in words, the negotiation as PPP, and the IP packets once, at the PDN."""

import sys
import time
from pathlib import Path

import device_session
from device_session import CapturesTest
from tshark import having

sys.path.append(str(Path(__file__).resolve().parents[2] / "system" / "support"))
import cmux_host  # noqa: E402  # pylint: disable=wrong-import-position
import ppp_host  # noqa: E402  # pylint: disable=wrong-import-position

BUILD = '[dialect]\nname = "serial-modem-2.0"\nservices = ["cmux", "ppp"]\n'


class Line(cmux_host.Host):
    """A host of the multiplexer on a socket that is open already."""

    def __init__(self, host):  # pylint: disable=super-init-not-called
        self.descriptor = host.fileno()
        self.input = bytearray()
        self.frames = []
        self.data = {}


class PppCaptures(CapturesTest):
    def dial(self):
        session = self.serve(configuration=BUILD)
        line = Line(session.host)
        line.start(1, 2)
        line.command(1, b"AT+CFUN=1")
        line.say(2, b"AT+CGDATA\r")
        data = line.wait_data(2, b"\r\nCONNECT\r\n")
        ppp = ppp_host.Ppp(lambda octets: [line.say(2, octets[at:at + 127]) for at in range(0, len(octets), 127)])
        ppp.begin()
        ppp.receive(data.split(b"CONNECT\r\n")[1])
        return session, line, ppp

    def until(self, line, ppp, reached):
        end = time.monotonic() + cmux_host.PATIENCE
        while not reached():
            self.assertLess(time.monotonic(), end)
            line.pump(0.1)
            ppp.receive(line.data.pop(2, b""))

    def test_each_channel_has_an_interface_and_packets_stand_there_once(self):
        session, line, ppp = self.dial()
        self.until(line, ppp, lambda: ppp_host.IPCP in ppp.agreed)
        ppp.write(ppp_host.frame(ppp_host.IPV4, ppp_host.echo_request(ppp.address, bytes([192, 0, 2, 1]), b"hello")))
        self.until(line, ppp, lambda: ppp.packets)
        line.command(1, b"AT+CFUN?")
        line.control(cmux_host.MSC, bytes([0x07, 0x8D]))
        packets = self.sound(session.stop())

        control = having(packets, frame__interface_name="uart0 CMUX")
        told = [packet["frame.comment"] for packet in control]
        for text in ("SABM DLC 0", "SABM DLC 2", "UA DLC 1", "MSC command, DLC 1: RTC RTR DV", "MSC response, DLC 1: RTC RTR DV"):
            self.assertIn(text, told)
        self.assertNotIn("octets that are no frame, or one with a wrong check sequence", told)
        self.assertTrue(any("+CFUN" in packet["at.cmd"] for packet in having(packets, frame__interface_name="uart0 DLC 1")))
        negotiation = [packet["frame.protocols"] for packet in having(packets, frame__interface_name="uart0 DLC 2")]
        for protocol in ("lcp", "ipcp"):
            self.assertTrue(any(protocol in layers.split(":") for layers in negotiation), negotiation)
        echoes = [packet for packet in packets if "icmp" in packet["frame.protocols"].split(":")]
        self.assertEqual([(packet["frame.interface_name"], packet["icmp.type"]) for packet in echoes], [("pdn0", "8"), ("pdn0", "0")])


if __name__ == "__main__":
    device_session.main(__doc__)
