#!/usr/bin/env python3
"""What code_blocks.py finds: a page with one fault each, and one without."""

import argparse
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

import code_blocks

PROGRAM = None


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = Path(self.folder.name)
        (self.source / "examples/scripts").mkdir(parents=True)
        (self.source / "docs").mkdir()
        (self.source / "examples/scripts/answers.at").write_text("#   attache run answers.at --serve --log-level off\n> AT\n< OK\n")

    def tearDown(self):
        self.folder.cleanup()

    def check(self, *blocks, whole=False):
        """Exit code and output for a README with these blocks."""
        page = self.source / "README.md"
        page.write_text("# A page\n\n" + "\n".join(blocks))
        pages = [] if whole else [str(page)]
        with contextlib.redirect_stdout(io.StringIO()) as output:
            status = code_blocks.main(["--attache", PROGRAM, "--source", str(self.source), *pages])
        return status, output.getvalue()

    def assert_works(self, *blocks):
        self.assertEqual(self.check(*blocks), (0, "1 pages: all blocks work\n"))

    def assert_complains(self, complaint, *blocks, whole=False):
        status, output = self.check(*blocks, whole=whole)
        self.assertEqual(status, 1, output)
        self.assertIn(complaint, output)

    def test_blocks_that_work(self):
        self.assert_works(
            "```sh\nattache serve --port pty:/tmp/modem --state /tmp/device &\n```\n",
            "```console\n$ attache ctl --device /tmp/device coverage off\ncoverage is off: …\n```\n",
            "```at\n> AT\n< OK\n```\n",
            "```at fails\n> AT\n< NO\n```\n",
            "```at --network pin-locked\n> AT+CFUN=1\n< OK\n> AT+CPIN?\n< +CPIN: \"SIM PIN\"\n< OK\n```\n",
            "```at examples/scripts/answers.at\n> AT\n< OK\n```\n",
            "```toml\n[network]\noperator = \"Testnet\"\n```\n",
            "```toml scenario\n[[step]]\nat = \"1s\"\ndo = \"coverage off\"\n```\n",
            "```kconfig\nCONFIG_SLM_HTTPC=y\n```\n",
            "```python\nprint('hello')\n```\n",
            "```json\n{\"a\": 1}\n```\n",
            "```sh exit=2\nattache run missing.at --serve\n```\n",
            "```text\nanything\n```\n",
            "Try `attache serve --port tcp:127.0.0.1:4000`, or see [above](#a-page).\n",
        )

    def test_a_block_without_a_language(self):
        self.assert_complains("README.md:3: the block has no language", "```\nattache serve\n```\n")

    def test_a_block_that_nobody_can_try(self):
        self.assert_complains("nobody knows how to try `perl`", "```perl\nprint 1\n```\n")

    def test_a_program_that_is_held_to_no_file(self):
        self.assert_complains("the file that a test compiles or runs is not named", "```cpp\nint main() {}\n```\n")

    def test_a_block_that_differs_from_its_file(self):
        self.assert_complains("which has no line `< KO`", "```at examples/scripts/answers.at\n> AT\n< KO\n```\n")
        self.assert_complains("there is no examples/no.at", "```at examples/no.at\n> AT\n```\n")
        self.assert_complains("does not run `rm x`", "```sh examples/scripts/answers.at\nrm x\n```\n")

    def test_a_command_that_fails(self):
        self.assert_complains("exit code 2, not 0", "```sh\nattache run missing.at --serve\n```\n")
        self.assert_complains("exit code 0, not 1", "```sh fails\nattache networks\n```\n")
        self.assert_complains("did not start", "```sh\nattache serve --network nowhere\n```\n")

    def test_a_command_that_prints_something_else(self):
        self.assert_complains("prints something else", "```console\n$ echo one\ntwo\n```\n")
        self.assert_complains("begins with `$ `", "```console\nattache networks\n```\n")

    def test_a_script_that_fails(self):
        self.assert_complains("exit code 1, not 0", "```at\n> AT\n< NO\n```\n")
        self.assert_complains("exit code 2, not 0", "```at\nAT\n```\n")
        self.assert_complains("exit code 0, not 1", "```at fails\n> AT\n< OK\n```\n")

    def test_a_configuration_that_cannot_be_read(self):
        self.assert_complains("did you mean `operator`", "```toml\n[network]\nopertor = \"x\"\n```\n")
        self.assert_complains("exit code 2, not 0", "```toml scenario\n[[step]]\ndo = \"jump\"\n```\n")

    def test_python_and_json_that_cannot_be_read(self):
        self.assert_complains("README.md:3: ", "```python\nprint(\n```\n")
        self.assert_complains("README.md:3: ", "```json\n{a}\n```\n")

    def test_not_run_is_for_the_clone_alone(self):
        clone = "```sh not-run\ngit clone <URL>\n```\n"
        self.assert_works(clone)
        self.assert_complains("only the block that clones", "```sh not-run\nls\n```\n")
        self.assert_complains("more than one block is marked `not-run`", clone, clone)

    def test_options_and_subcommands_in_running_text(self):
        self.assert_complains("`attache serve` has no `--prot`", "Try `attache serve --prot pty:x`.\n")
        self.assert_complains("`attache serve` has no `--junit`", "Try `attache run x.at --serve --junit x`.\n")
        self.assert_complains("there is no `attache service`", "Try `attache service`.\n")

    def test_links_that_lead_nowhere(self):
        self.assert_complains("the link to docs/missing.md leads nowhere", "[x](docs/missing.md)\n")
        self.assert_complains("has no heading #missing", "[x](#missing)\n")

    def test_an_example_that_fails_or_does_not_say_how_it_is_run(self):
        example = self.source / "examples/scripts/answers.at"
        example.write_text("> AT\n< OK\n")
        self.assert_complains("no comment at its beginning says how to run it", whole=True)
        example.write_text("#   attache run answers.at --serve --log-level off\n> AT\n< NO\n")
        self.assert_complains("examples/scripts/answers.at: exit code 1", whole=True)

    def test_a_workflow_that_does_not_wait_for_its_servers(self):
        (self.source / "examples/ci").mkdir()
        workflow = self.source / "examples/ci/jobs.yml"
        workflow.write_text("- attache lab --folder lab &\n- attache run answers.at --serve\n")
        self.assert_complains("examples/ci/jobs.yml: nobody waits until it can be used", whole=True)

    def test_a_readme_in_another_order(self):
        self.assert_complains("README.md has the headings ['A page', 'Connect']", "## Connect\n", whole=True)

    def test_a_readme_that_is_too_long(self):
        self.assert_complains("README.md has 1203 words; 1200 are the most", "word " * 1200 + "\n", whole=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--attache", required=True)
    arguments, rest = parser.parse_known_args()
    PROGRAM = arguments.attache
    unittest.main(argv=[sys.argv[0], *rest])
