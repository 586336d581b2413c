#!/usr/bin/env python3
"""Holds the rooms of docs/building/architecture.md against the `#include` lines of src/.

The table there is the one list of rooms and of the arrows between them. Ends with 1 if a room is missing in it or in
src/, if a file includes a room that its own does not use by the table, if the table names one that no file includes,
or if the arrows form a circle.
"""

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

ROW = re.compile(r"^\| `(\w+)/` \|.*\| ([^|]*) \|$", re.MULTILINE)
INCLUDE = re.compile(r'^#include "(\w+)/', re.MULTILINE)


def drawn_arrows(page):
    """What each room uses by the table: names before commas, without what stands in brackets."""
    return {room: set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", uses))) for room, uses in ROW.findall(page)}


def real_arrows(source):
    """For each room and each room that it includes, one file that does."""
    arrows = {}
    for room in sorted(path for path in source.iterdir() if path.is_dir()):
        used = {}
        for file in sorted(room.rglob("*.[ch]pp")):
            for other in INCLUDE.findall(file.read_text(encoding="utf-8")):
                if other != room.name:
                    used.setdefault(other, file.relative_to(source))
        arrows[room.name] = used
    return arrows


def circle_in(arrows):
    """The rooms of one circle, or none."""
    left = {room: set(used) & set(arrows) for room, used in arrows.items()}
    while left:
        ends = [room for room, used in left.items() if not used & set(left)]
        if not ends:
            return sorted(left)
        for room in ends:
            del left[room]
    return []


def complaints(drawn, real):
    for room in sorted(set(real) - set(drawn)):
        yield f"src/{room}/ is not in the table"
    for room in sorted(set(drawn) - set(real)):
        yield f"the table has `{room}/`, src/ has not"
    for room in sorted(set(real) & set(drawn)):
        for other in sorted(set(real[room]) - drawn[room]):
            yield f"src/{real[room][other]} includes {other}/, which {room}/ does not use by the table"
        for other in sorted(drawn[room] - set(real[room])):
            yield f"{room}/ uses {other}/ by the table, but no file includes it"
    circle = circle_in(defaultdict(dict, real))
    if circle:
        yield f"a circle of arrows goes through {', '.join(circle)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("source", type=Path)
    arguments = parser.parse_args()
    found = list(complaints(drawn_arrows(arguments.page.read_text(encoding="utf-8")), real_arrows(arguments.source)))
    print("\n".join(found) if found else "the rooms are as they are drawn")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
