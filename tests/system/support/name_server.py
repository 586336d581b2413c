"""name_server.py PORT ADDRESS: a name server on 127.0.0.1 that says of every name that it has that address of IPv4.
PORT 0 is one that is free. Prints "ready PORT"."""

import ipaddress
import socket
import struct
import sys

HEADER = 12
TYPE_A = 1

answered = ipaddress.IPv4Address(sys.argv[2]).packed
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
print("ready", server.getsockname()[1], flush=True)
while True:
    query, client = server.recvfrom(2048)
    end = HEADER
    while query[end] != 0:
        end += 1 + query[end]
    question = query[HEADER : end + 5]
    record = b""
    if struct.unpack(">H", question[-4:-2])[0] == TYPE_A:
        record = b"\xc0\x0c" + question[-4:] + struct.pack(">IH", 60, len(answered)) + answered
    counts = struct.pack(">HHHH", 1, 1 if record else 0, 0, 0)
    server.sendto(query[:2] + b"\x81\x80" + counts + question + record, client)
