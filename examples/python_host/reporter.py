"""A host of a serial LTE modem in Python: sends reports over TCP and keeps them until they are acknowledged.

It knows nothing of Attaché.   python3 reporter.py PORT HOST SERVER_PORT TEXT...
"""

import sys
import time

import serial


class ModemError(Exception):
    """The modem refused a command, or did not answer it."""


class Reporter:
    """Sends texts to a server that acknowledges each by sending it back."""

    def __init__(self, port, host, server_port, sleep=time.sleep):
        self._line = serial.Serial(port, 115200, timeout=30)
        self._server = f'"{host}",{server_port}'
        self._sleep = sleep
        self._registered = False
        self.waiting = []

    def close(self):
        self._line.close()

    def start(self):
        """Switches the modem on; it finds a network by itself."""
        self._command("AT+CEREG=1")
        self._command("AT+CFUN=1")

    def report(self, text):
        self.waiting.append(text)

    def deliver(self, attempts=5):
        """Sends what waits, oldest first. False if something is left after so many attempts."""
        pause = 1
        for _ in range(attempts):
            try:
                self._await_network()
                self._send_all()
                return True
            except ModemError:
                self._sleep(pause)
                pause *= 2
        return False

    def _send_all(self):
        self._close_socket()
        self._command("AT#XSOCKET=1,1,0")
        self._command("AT#XCONNECT=" + self._server)
        while self.waiting:
            text = self.waiting[0]
            self._command(f'AT#XSEND=1,"{text}"')
            if text not in self._command("AT#XRECV"):
                raise ModemError("no acknowledgement")
            del self.waiting[0]
        self._close_socket()

    def _close_socket(self):
        try:
            self._command("AT#XSOCKET=0")
        except ModemError:
            pass  # The modem closes a socket that fails.

    def _await_network(self):
        while not self._registered:
            self._read_line()

    def _command(self, text):
        self._line.write(text.encode() + b"\r\n")
        lines = []
        while True:
            line = self._read_line()
            if line == "OK":
                return lines
            if line == "ERROR" or line.startswith(("+CME ERROR:", "+CMS ERROR:")):
                raise ModemError(f"{text}: {line}")
            lines.append(line)

    def _read_line(self):
        raw = self._line.readline()
        if not raw:
            raise ModemError("the modem says nothing")
        line = raw.strip().decode()
        if line.startswith("+CEREG: "):
            self._registered = line[8:].split(",")[0] in ("1", "5")
        return line


def main():
    port, host, server_port, *texts = sys.argv[1:]
    reporter = Reporter(port, host, server_port)
    reporter.start()
    for text in texts:
        reporter.report(text)
    return 0 if reporter.deliver() else 1


if __name__ == "__main__":
    sys.exit(main())
