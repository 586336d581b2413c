#!/usr/bin/env python3
"""Tries every code block of README.md and docs/, every example of `--help` and every script of examples/.

What the marks behind the language of a block mean stands in docs/building/style.md. Ends with 1 if something does not work, or
if a block is not marked so that it can be tried.
"""

import argparse
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from markdown import read_blocks, read_help_examples, read_inline_commands
from session import Failed, Session, matches

ANY_SCRIPT = "> AT\n< OK\n"
RUN_BY_PYTEST = ("action.yml", "pytest.yml")  # Of examples/ci: tests/pytest runs what they run.
LONGEST_README = 1200  # Words.
ORDER_OF_README = ["Attaché", "Install", "First session", "Why did it fail?", "Connect", "In CI", "Where next"]


class Checker:
    def __init__(self, program, source):
        self.program = program
        self.source = source
        self.helps = {}

    # Blocks ------------------------------------------------------------------------------------------------------------

    def check_block(self, session, block):
        """Tries one block. Failed says what is wrong with it."""
        if not block.language:
            raise Failed("the block has no language: mark it as docs/building/style.md says")
        kinds = {
            "sh": self.try_shell,
            "console": self.try_console,
            "at": self.try_script,
            "toml": self.try_configuration,
            "kconfig": self.try_fragment,
            "json": self.try_json,
            "python": self.try_python,
            "text": self.accept,
        }
        held_only = ("cpp", "c", "cmake", "yaml")
        if block.language not in kinds and block.language not in held_only:
            raise Failed(f"nobody knows how to try `{block.language}`: see docs/building/style.md")
        files = [mark for mark in block.marks if self.is_file_name(mark)]
        for name in files:
            self.hold_to_file(block, name)
        if block.language in held_only:
            if not files:
                raise Failed("the file that a test compiles or runs is not named behind the language")
            return
        kinds[block.language](session, block, files)

    @staticmethod
    def is_file_name(mark):
        return "/" in mark and not mark.startswith("-") and "=" not in mark

    def hold_to_file(self, block, name):
        file = self.source / name
        if not file.is_file():
            raise Failed(f"there is no {name}")
        text = file.read_text(encoding="utf-8")
        if block.language == "sh":
            known = " ".join(text.split())
            for line in block.text.splitlines():
                if " ".join(line.split()).removeprefix("sudo ") not in known:
                    raise Failed(f"{name} does not run `{line}`")
        elif block.text not in text:
            indented = {line.strip() for line in text.splitlines()}
            strange = [line for line in block.text.splitlines() if line.strip() not in indented]
            raise Failed(f"this is no part of {name}" + (f", which has no line `{strange[0]}`" if strange else ""))

    def try_shell(self, session, block, files):
        if "not-run" in block.marks:
            if "<URL>" not in block.text:
                raise Failed("only the block that clones from <URL> may be marked `not-run`")
            return
        if not files:
            session.run(block.text, self.expected_status(block))

    @staticmethod
    def expected_status(block):
        for mark in block.marks:
            if mark == "fails":
                return 1
            if mark.startswith("exit="):
                return int(mark.removeprefix("exit="))
        return 0

    def try_console(self, session, block, _):
        commands = []
        for line in block.text.splitlines(keepends=True):
            if line.startswith("$ "):
                commands.append([line[2:], ""])
            elif commands and not commands[-1][1] and commands[-1][0].endswith("\\\n"):
                commands[-1][0] += line
            elif commands:
                commands[-1][1] += line
            else:
                raise Failed("a `console` block begins with `$ ` and a command")
        for index, (command, expected) in enumerate(commands):
            is_last = index + 1 == len(commands)
            output = session.run(command, self.expected_status(block) if is_last else 0)
            if expected and not matches(expected, output):
                raise Failed(f"`{command.strip()}` prints something else:\n{output}")

    def try_script(self, session, block, files):
        file = session.write(f"block-{block.line}.at", block.text)
        if "with-session" in block.marks:  # A console block of the page runs the file that it is held to.
            if not files:
                raise Failed("`with-session` needs the file that is run")
            return
        options = [mark for mark in block.marks if mark != "fails" and not self.is_file_name(mark)]
        before, behind = [], []
        while options:
            option = options.pop(0)
            if not option.startswith("--"):
                raise Failed(f"`{option}` is no mark of a script")
            target = before if option == "--set" else behind
            target.append(option)
            if options and not options[0].startswith("--"):
                target.append(f"'{options.pop(0)}'")
        session.run(
            f"attache run {file.name} {' '.join(before)} --serve --log-level off {' '.join(behind)}\n",
            1 if "fails" in block.marks else 0,
        )

    def try_configuration(self, session, block, _):
        option = "--scenario" if "scenario" in block.marks else "--config"
        self.load(session, block, "toml", option)

    def try_fragment(self, session, block, _):
        self.load(session, block, "conf", "--prj-conf")

    @staticmethod
    def load(session, block, ending, option):
        file = session.write(f"block-{block.line}.{ending}", block.text)
        session.write("any.at", ANY_SCRIPT)
        session.run(f"attache run any.at --serve --log-level off {option} {file.name}\n")

    @staticmethod
    def try_json(_, block, __):
        for line in block.text.splitlines():
            json.loads(line)

    @staticmethod
    def try_python(_, block, files):
        if not files:
            compile(block.text, block.place, "exec")

    @staticmethod
    def accept(*_):
        """`text` is what somebody sees, not what somebody types."""

    # Pages -------------------------------------------------------------------------------------------------------------

    def check_page(self, page):
        """The complaints of one page."""
        name = page.relative_to(self.source)
        complaints = []
        with Session(self.program, self.source) as session:
            for block in read_blocks(page, name):
                try:
                    self.check_block(session, block)
                    session.check_servers()
                except (Failed, SyntaxError, ValueError) as error:
                    complaints.append(f"{block.place}: {error}")
        complaints += self.check_inline_commands(page, name)
        complaints += self.check_links(page, name)
        return complaints

    def check_inline_commands(self, page, name):
        complaints = []
        for line, command in read_inline_commands(page):
            words = re.sub(r"[\[\]…]|\.\.\.", " ", command).split()
            subcommand = words[1]
            if subcommand not in self.subcommands():
                complaints.append(f"{name}:{line}: there is no `attache {subcommand}`")
                continue
            for word in words[2:]:
                if word == "--":  # A program of the reader's.
                    break
                option = word.partition("=")[0]
                if option.startswith("--") and option not in self.help_of(subcommand).split():
                    if not re.search(rf"(?<![\w-]){option}(?![\w-])", self.help_of(subcommand)):
                        complaints.append(f"{name}:{line}: `attache {subcommand}` has no `{option}`")
                if option == "--serve":
                    subcommand = "serve"
        return complaints

    def check_links(self, page, name):
        complaints = []
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", path):
                continue
            target = (page.parent / path).resolve() if path else page
            if not target.exists():
                complaints.append(f"{name}: the link to {link} leads nowhere")
            elif anchor and anchor not in anchors_of(target):
                complaints.append(f"{name}: {path or 'this page'} has no heading #{anchor}")
        return complaints

    # Help --------------------------------------------------------------------------------------------------------------

    def help_of(self, subcommand):
        if subcommand not in self.helps:
            words = [subcommand] if subcommand else []
            done = subprocess.run([self.program, *words, "--help"], capture_output=True, text=True, check=True)
            self.helps[subcommand] = done.stdout
        return self.helps[subcommand]

    def subcommands(self):
        return re.findall(r"^  (\w+)  ", self.help_of("").partition("Subcommands:")[2], re.MULTILINE)

    def check_help(self, subcommand):
        complaints = []
        examples = read_help_examples(self.help_of(subcommand))
        if subcommand and not examples:
            complaints.append(f"attache {subcommand} --help: it has no example")
        for command in examples:
            with Session(self.program, self.source) as session:
                try:
                    prepare_for_help(session, command)
                    session.run(command + "\n")
                    session.check_servers()
                except Failed as error:
                    complaints.append(f"attache {subcommand} --help: `{command}`: {error}")
        return complaints

    # Examples ----------------------------------------------------------------------------------------------------------

    def check_example(self, file):
        """An example's first lines say how it is run: `#   attache run …`."""
        name = file.relative_to(self.source)
        head = re.match(r"(#.*\n)+", file.read_text(encoding="utf-8"))
        commands = re.findall(r"^# +(attache .*)$", head[0] if head else "", re.MULTILINE)
        if not commands:
            return [f"{name}: no comment at its beginning says how to run it (`#   attache run …`)"]
        with Session(self.program, self.source) as session:
            try:
                session.run(f"cd {name.parent}\n")
                for command in commands:
                    session.run(command + "\n")
            except Failed as error:
                return [f"{name}: {error}"]
        return []


    def check_workflow(self, file):
        """The commands of a CI file, in a folder with the scripts and configurations of the examples."""
        name = file.relative_to(self.source)
        commands = re.findall(r"^ *- (?:run: )?(attache .*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        if not commands:
            return [f"{name}: it runs no `attache`"]
        unready = [command for command in commands if command.endswith("&")]
        if unready:  # Here servers are waited for; a workflow goes on at once.
            return [f"{name}: nobody waits until it can be used: `{unready[0]}`"]
        with Session(self.program, self.source) as session:
            try:
                session.run("cp examples/scripts/* examples/config/* .\n")
                for command in commands:
                    session.run(command + "\n")
            except Failed as error:
                return [f"{name}: {error}"]
        return []


def anchors_of(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    anchors = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        anchors.add(re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-"))
    return anchors


def prepare_for_help(session, command):
    """What examples of `--help` take for granted: the first session's files, a folder tests/ with scripts, the lab, and a device
    at /tmp/modem with the state folder /tmp/device."""
    session.run("mkdir tests; cp examples/scripts/get.at examples/config/modem.toml .; cp get.at examples/scripts/register.at tests\n")
    if command.startswith("attache run"):
        session.run("attache lab --https 8443 --https-expired 8444 --folder lab\ncp -r lab tests\n")
    if re.match(r"attache (record|diff)\b", command):
        session.run("printf 'AT\\nOK\\n' > session.log\n")
        if re.search(r"\bdiff\b|--mode none", command):
            session.run("attache record --from-log session.log session.cassette\n")
    if command.startswith("attache trace"):
        session.run("printf '> AT\\n< OK\\n' > any.at; attache run any.at --serve --log-level off --pcap session.pcapng\n")
    if command.startswith("attache doctor"):
        session.run("printf 'AT\\nOK\\n' > session.log; echo CONFIG_LOG=y > prj.conf\n")
    if command.startswith("attache cert"):
        session.run("attache lab --https 8443 --nrf-cloud-coap 8444 --folder lab\ncp lab/* .\n")
    if "--live" in command or (re.match(r"attache (run|ctl|cert|term|record|diff)\b", command) and "--serve " not in command + " "):
        session.run("attache serve --config modem.toml --port pty:/tmp/modem --state /tmp/device\n")
    if re.match(r"attache cert (verify|check --port)", command):
        session.run("attache cert write --port pty:/tmp/modem --sec-tag 42 --ca ca.pem --cert client.pem --key client.key\n")


def check_readme(readme):
    """Its length, and what it says in which order."""
    complaints = []
    text = readme.read_text(encoding="utf-8")
    length = len(text.split())
    if length > LONGEST_README:
        complaints.append(f"README.md has {length} words; {LONGEST_README} are the most")
    headings = re.findall(r"^##? (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    if headings != ORDER_OF_README:
        complaints.append(f"README.md has the headings {headings}, not {ORDER_OF_README}")
    return complaints


def main(words=None):
    """The exit code; `words` are those of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attache", required=True, type=Path, help="the program")
    parser.add_argument("--source", required=True, type=Path, help="the folder with README.md and docs/")
    parser.add_argument("pages", nargs="*", type=Path, help="pages to try (default: everything)")
    arguments = parser.parse_args(words)
    source = arguments.source.resolve()
    checker = Checker(arguments.attache.resolve(), source)
    pages = [page.resolve() for page in arguments.pages]
    if not pages:
        pages = [source / "README.md", *sorted((source / "docs").rglob("*.md"))]
    tasks = [(checker.check_page, page) for page in pages]
    if not arguments.pages:
        tasks += [(checker.check_help, subcommand) for subcommand in ["", *checker.subcommands()]]
        examples = source / "examples"
        for kind in ("scripts/*.at", "config/*.toml", "scenarios/*.toml"):
            tasks += [(checker.check_example, file) for file in sorted(examples.glob(kind))]
        workflows = [file for file in sorted(examples.glob("ci/*.yml")) if file.name not in RUN_BY_PYTEST]
        tasks += [(checker.check_workflow, file) for file in workflows]
    with ThreadPoolExecutor(4) as pool:
        complaints = [line for found in pool.map(lambda task: task[0](task[1]), tasks) for line in found]
    unmarked = [block.place for page in pages for block in read_blocks(page, page.relative_to(source)) if "not-run" in block.marks]
    if len(unmarked) > 1:
        complaints.append(f"more than one block is marked `not-run`: {', '.join(unmarked)}")
    if not arguments.pages:
        complaints += check_readme(source / "README.md")
    for complaint in complaints:
        print(complaint)
    print(f"{len(pages)} pages: " + (f"{len(complaints)} complaints" if complaints else "all blocks work"))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
