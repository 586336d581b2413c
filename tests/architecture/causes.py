#!/usr/bin/env python3
"""Finds reasons that do not name what lies behind them, in the rooms whose reasons are about a device.

A cause is the first argument of make_reason() and of the modem's failure(); net::make_failure() and a modem's failure() with
a telling number know the usual one. Ends with 1 if a reason lacks it that is not among the exceptions, or if an exception is
no longer needed.
"""

import argparse
import re
import sys
from pathlib import Path

ROOMS = ["at", "sms", "net", "services", "dialects", "cellular", "radio", "serial"]

# How many reasons of a file have no cause, and why.
EXCEPTIONS = {
    "cellular/network/network_outcome.hpp": (1, "steering that was not carried out"),
    "cellular/commands/credentials.cpp": (3, "refuse() takes the cause from the number"),
    "dialects/answer.cpp": (1, "a fault of the program"),
    "dialects/application.cpp": (1, "steering that was not carried out"),
    "dialects/boards.cpp": (2, "the configuration of the program"),
    "dialects/modem_line.cpp": (1, "the modem gave no cause"),
    "dialects/slm_1/credential_commands.cpp": (1, "the modem gave no cause"),
    "dialects/slm_1/option_keys.cpp": (1, "the configuration of the program"),
    "dialects/slm_3/credential_commands.cpp": (1, "the modem gave no cause"),
    "radio/at_link.cpp": (1, "the modem gave no cause"),
    "radio/at_radio.cpp": (3, "the configuration of the program"),
    "radio/at_radio_options.cpp": (1, "the configuration of the program"),
    "serial/paced_port.cpp": (1, "a fault of the program"),
    "serial/port_spec.cpp": (1, "the configuration of the program"),
    "serial/uart_port.cpp": (1, "steering that was not carried out"),
    "services/gnss/gpx.cpp": (1, "the configuration of the program"),
    "services/i2c/i2c_bus.cpp": (1, "the configuration of the program"),
    "services/sms_client.cpp": (1, "the modem gave no cause"),
}

MADE = re.compile(r"\bmake_reason\(\s*(?=\S)(?!base::Cause::|cause|usual_cause\(|[\w.>()*-]*[.>]cause\b)")
REFUSED = re.compile(r"\bfailure\(\s*CmeError::(?:none|phone_failure|authentication_failed),\s*(?=\S)(?!reason\b)")
SAID = re.compile(r"\breport\([^;{}]*,\s*\{(?:(?!Cause::|cause_of)[\s\S])*?\}\);")
FILLED = re.compile(r"^ +base::Reason (\w+);\n", re.MULTILINE)


def without_cause(text, is_header=False):
    """The numbers of the lines where a reason is made without a cause; in headers one without a value is a member."""
    places = [match.start() for match in MADE.finditer(text)] + [match.start() for match in REFUSED.finditer(text)]
    places += [match.start() for match in SAID.finditer(text)]
    for match in [] if is_header else FILLED.finditer(text):
        if not re.search(rf"\b{match[1]}\.cause = ", text[match.end() :]):
            places.append(match.start())
    return sorted(text.count("\n", 0, place) + 1 for place in places)


def faults(source, rooms, exceptions):
    """One line for each reason without a cause, and for each exception that is not needed."""
    found = []
    needed = set()
    for room in rooms:
        for path in sorted((source / room).rglob("*.[ch]pp")):
            name = str(path.relative_to(source))
            lines = without_cause(path.read_text(encoding="utf-8"), path.suffix == ".hpp")
            allowed, _ = exceptions.get(name, (0, ""))
            needed.update({name} if lines else set())
            if len(lines) != allowed:
                where = ", ".join(str(line) for line in lines)
                found.append(f"{name}: {len(lines)} reasons without a cause (lines {where}), {allowed} are known")
    found += [f"{name}: the exception is not needed" for name in sorted(set(exceptions) - needed)]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    found = faults(parser.parse_args().source, ROOMS, EXCEPTIONS)
    print("\n".join(found) or "each reason names its cause")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
