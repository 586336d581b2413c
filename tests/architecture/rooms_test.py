#!/usr/bin/env python3
"""Tests what rooms.py finds."""

import sys
import unittest

from rooms import circle_in, complaints, drawn_arrows

PAGE = """
| room | holds | uses |
| --- | --- | --- |
| `top/` | the `thing/` above | middle (`face.hpp`, others), base |
| `middle/` | something | base |
| `base/` | the floor | – |
"""


class Rooms(unittest.TestCase):
    def found(self, **real):
        return list(complaints(drawn_arrows(PAGE), {"top": {"middle": "t", "base": "t"}, "middle": {"base": "m"}, "base": {}, **real}))

    def test_finds_nothing_where_all_is_as_drawn(self):
        self.assertEqual(self.found(), [])

    def test_finds_an_arrow_that_is_not_drawn(self):
        self.assertEqual(
            self.found(base={"middle": "base/text.cpp"}),
            [
                "src/base/text.cpp includes middle/, which base/ does not use by the table",
                "a circle of arrows goes through base, middle, top",
            ],
        )

    def test_finds_an_arrow_that_is_drawn_only(self):
        self.assertEqual(self.found(middle={}), ["middle/ uses base/ by the table, but no file includes it"])

    def test_finds_rooms_that_one_side_has(self):
        self.assertEqual(self.found(attic={}), ["src/attic/ is not in the table"])
        real = {"top": {"base": "t"}, "base": {}}
        self.assertEqual(
            list(complaints(drawn_arrows(PAGE), real)),
            ["the table has `middle/`, src/ has not", "top/ uses middle/ by the table, but no file includes it"],
        )

    def test_finds_a_circle(self):
        self.assertEqual(circle_in({"a": {"b": "f"}, "b": {"c": "f"}, "c": {"b": "f"}}), ["a", "b", "c"])


if __name__ == "__main__":
    sys.exit(unittest.main())
