"""The least of a host that speaks PPP (RFC 1661, 1662, 1332) over any line: it agrees to all that its peer asks for."""

import struct

LCP, IPCP, IPV6CP, IPV4 = 0xC021, 0x8021, 0x8057, 0x0021
REQUEST, ACK, NAK, ECHO_REQUEST, ECHO_REPLY = 1, 2, 3, 9, 10


def fcs(octets):
    """RFC 1662, bit by bit: x^16 + x^12 + x^5 + 1, the lowest bit first, complemented."""
    register = 0xFFFF
    for octet in octets:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ 0x8408 if register & 1 else register >> 1
    return register ^ 0xFFFF


def frame(protocol, information):
    octets = b"\xff\x03" + struct.pack(">H", protocol) + information
    octets += struct.pack("<H", fcs(octets))
    escaped = b"".join(bytes([0x7D, octet ^ 0x20]) if octet < 0x20 or octet in (0x7D, 0x7E) else bytes([octet]) for octet in octets)
    return b"\x7e" + escaped + b"\x7e"


def packet(code, identifier, value=b""):
    return struct.pack(">BBH", code, identifier, 4 + len(value)) + value


def internet_sum(octets):
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - ((total & 0xFFFF) + (total >> 16))


def echo_request(source, destination, text):
    """An IPv4 packet with an ICMP echo request."""
    text += b" " * (len(text) % 2)
    icmp = bytearray(struct.pack(">BBHHH", 8, 0, 0, 77, 1) + text)
    icmp[2:4] = struct.pack(">H", internet_sum(bytes(icmp)))
    header = bytearray(struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(icmp), 1, 0, 64, 1, 0) + source + destination)
    header[10:12] = struct.pack(">H", internet_sum(bytes(header)))
    return bytes(header + icmp)


class Ppp:
    """`write` sends bytes over the line; what comes is given to receive()."""

    def __init__(self, write):
        self.write = write
        self.input = b""
        self.address = bytes(4)
        self.agreed = set()  # Protocols of which both requests are acknowledged.
        self.acknowledged = {}
        self.packets = []
        self.identifier = 0

    def begin(self):
        self.request(LCP)

    def request(self, protocol):
        self.identifier += 1
        options = b"\x03\x06" + self.address if protocol == IPCP else b""
        self.write(frame(protocol, packet(REQUEST, self.identifier, options)))

    def receive(self, octets):
        self.input += octets
        *frames, self.input = self.input.split(b"\x7e")
        for escaped in frames:
            octets, escape = bytearray(), False
            for octet in escaped:
                if octet == 0x7D:
                    escape = True
                else:
                    octets.append(octet ^ 0x20 if escape else octet)
                    escape = False
            if len(octets) > 6:
                assert fcs(octets[:-2]) == struct.unpack("<H", octets[-2:])[0], octets
                assert octets[:2] == b"\xff\x03", octets
                self.handle(struct.unpack(">H", octets[2:4])[0], bytes(octets[4:-2]))

    def handle(self, protocol, information):
        if protocol == IPV4:
            self.packets.append(information)
            return
        code, identifier, size = struct.unpack(">BBH", information[:4])
        value = information[4:size]
        if protocol == IPV6CP:
            self.write(frame(LCP, packet(8, identifier, struct.pack(">H", IPV6CP) + information)))  # Protocol-Reject.
        elif code == REQUEST:
            self.write(frame(protocol, packet(ACK, identifier, value)))
            self.note(protocol, "theirs")
        elif code == ACK:
            self.note(protocol, "ours")
        elif code == NAK and protocol == IPCP:
            self.address = value[2:6]
            self.request(IPCP)

    def note(self, protocol, side):
        sides = self.acknowledged.setdefault(protocol, set())
        sides.add(side)
        if sides == {"ours", "theirs"} and protocol not in self.agreed:
            self.agreed.add(protocol)
            if protocol == LCP:
                self.request(IPCP)
