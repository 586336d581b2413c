#!/usr/bin/env python3
"""cmux-configure.py LINE [N1]: says to Linux's multiplexer at LINE, where ldattach has put it, how the modem
multiplexes: basic option, the host begins, N1 bytes in a frame (127). As root.

ldattach says the same, but late kernels 6.1 refuse what it says: the window (k) that they name themselves must
be 0 when it is set."""

import fcntl
import struct
import sys

GSMIOC_GETCONF = 0x804C4700
GSMIOC_SETCONF = 0x404C4701
ENCAPSULATION, INITIATOR, MRU, MTU, WINDOW = 1, 2, 7, 8, 9  # Places in struct gsm_config (linux/gsmmux.h).

frame_size = int(sys.argv[2]) if len(sys.argv) > 2 else 127
with open(sys.argv[1], "rb+", buffering=0) as line:
    config = bytearray(19 * 4)
    fcntl.ioctl(line, GSMIOC_GETCONF, config)
    fields = list(struct.unpack("19I", config))
    fields[ENCAPSULATION] = 0
    fields[INITIATOR] = 1
    fields[MRU] = fields[MTU] = frame_size
    fields[WINDOW] = 0
    fcntl.ioctl(line, GSMIOC_SETCONF, struct.pack("19I", *fields))
