"""A capture as tshark sees it."""

import subprocess

FIELDS = ["frame.protocols", "_ws.malformed", "_ws.expert.message", "tcp.analysis.flags", "ip.checksum.status", "tcp.checksum.status",
          "udp.checksum.status", "frame.comment", "tcp.flags.reset", "tcp.flags.syn", "tcp.flags.ack", "tcp.stream", "tcp.seq", "tcp.len",
          "tcp.payload", "tcp.srcport", "tcp.dstport", "tcp.options.mss_val", "ipv6.src", "icmp.type", "icmp.code", "icmp.seq", "udp.srcport",
          "udp.dstport", "udp.length", "dns.qry.name", "dns.flags.response", "dns.a", "http.request.uri", "tls.alert_message.desc", "at.cmd",
          "at.data", "frame.interface_name", "mqtt.topic", "ftp.request.command", "ip.src", "udp.payload",
          "tls.handshake.type", "dtls.handshake.type", "dtls.app_data", "data.data", "_ws.col.Info"]


def read(capture, may_be_cut=False):
    """The packets as tshark sees them, in one pass: a dictionary of texts each. It says so of a file that is cut."""
    columns = [word for field in FIELDS for word in ("-e", field)]
    options = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
               "-o", "tcp.relative_sequence_numbers:FALSE"]
    run = subprocess.run(["tshark", "-r", str(capture), *options, "-T", "fields", "-E", "separator=/t", *columns],
                         capture_output=True, text=True, check=False)
    packets = [dict(zip(FIELDS, line.split("\t"))) for line in run.stdout.split("\n") if line]
    if run.returncode != 0 and not (may_be_cut and "cut short in the middle of a packet" in run.stderr):
        raise AssertionError(run.stderr)
    return packets


def having(packets, **wanted):
    """Those whose fields are so; `__` stands for a dot, None for any text."""
    def fits(packet):
        return all(packet[name.replace("__", ".")] == value if value is not None else packet[name.replace("__", ".")]
                   for name, value in wanted.items())
    return [packet for packet in packets if fits(packet)]


def column(packets, name):
    return [packet[name] for packet in packets if packet[name]]


def follow(packets):
    """Both directions of the only TCP connection as bytes: of who opened it, and of who was asked."""
    (first, *_) = having(packets, **{"tcp.flags.syn": "1", "tcp.flags.ack": "0"})
    streams = []
    for port in (first["tcp.srcport"], first["tcp.dstport"]):
        mine = having(packets, **{"tcp.srcport": port})
        (syn, *_) = having(mine, **{"tcp.flags.syn": "1"})
        begin = int(syn["tcp.seq"]) + 1
        parts = {(int(packet["tcp.seq"]) - begin) % 2**32: bytes.fromhex(packet["tcp.payload"].replace(":", ""))
                 for packet in mine if packet["tcp.payload"]}
        whole = b""
        for place in sorted(parts):
            assert place <= len(whole), "a gap"
            whole += parts[place][len(whole) - place:]
        streams.append(whole)
    return tuple(streams)
