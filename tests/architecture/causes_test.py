#!/usr/bin/env python3
"""Tests what causes.py finds."""

import sys
import tempfile
import unittest
from pathlib import Path

from causes import faults, without_cause


class ReasonsWithoutACause(unittest.TestCase):
    def test_are_found_where_they_are_made(self):
        self.assertEqual(without_cause('return base::make_reason("it failed", "why");\n'), [1])
        self.assertEqual(without_cause('\nreturn base::make_reason(\n    "it failed", "why");\n'), [2])

    def test_are_not_those_that_name_one_or_pass_one_on(self):
        for first in ["base::Cause::no_sim", "cause", "verdict.cause", "obstacle.cause", "usual_cause(code)", "cause_down(pdn_)"]:
            self.assertEqual(without_cause(f'base::make_reason({first}, "it failed", "why");\n'), [], first)
            self.assertEqual(without_cause(f'base::make_reason(\n    {first}, "it failed", "why");\n'), [], first)

    def test_are_refusals_of_the_modem_whose_number_tells_nothing(self):
        self.assertEqual(without_cause('return failure(CmeError::none, "why");\n'), [1])
        self.assertEqual(without_cause('return failure(base::Cause::no_sim, CmeError::none, "why");\n'), [])
        self.assertEqual(without_cause('return failure(CmeError::active_state, "why");\n'), [])

    def test_are_obstacles_that_are_told(self):
        self.assertEqual(without_cause('report("it failed", {"why", "advice"});\n'), [1])
        self.assertEqual(without_cause('report("it failed", {"why", "advice", base::Cause::no_sim});\n'), [])
        self.assertEqual(without_cause('report("it failed", out_of_service());\n'), [])

    def test_are_those_that_are_filled_without_one(self):
        filled = "  base::Reason reason;\n  reason.what = what;\n"
        self.assertEqual(without_cause(filled), [1])
        self.assertEqual(without_cause(filled + "  reason.cause = base::Cause::no_sim;\n"), [])
        self.assertEqual(without_cause(filled, is_header=True), [])


class Exceptions(unittest.TestCase):
    def found(self, exceptions):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder)
            (source / "net").mkdir()
            (source / "net" / "a.cpp").write_text('make_reason("a", "b");\nmake_reason("c", "d");\n', encoding="utf-8")
            return faults(source, ["net"], exceptions)

    def test_allow_as_many_reasons_as_they_say(self):
        self.assertEqual(self.found({"net/a.cpp": (2, "")}), [])
        self.assertEqual(self.found({"net/a.cpp": (1, "")}), ["net/a.cpp: 2 reasons without a cause (lines 1, 2), 1 are known"])
        self.assertEqual(self.found({}), ["net/a.cpp: 2 reasons without a cause (lines 1, 2), 0 are known"])

    def test_are_needed(self):
        self.assertEqual(self.found({"net/a.cpp": (2, ""), "net/b.cpp": (1, "")}), ["net/b.cpp: the exception is not needed"])


if __name__ == "__main__":
    sys.exit(unittest.main())
