"""Code blocks and commands of Markdown pages, with the marks that say how they are tried (docs/building/style.md)."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Block:
    """A fenced code block."""

    page: Path
    line: int  # Of its first fence, from 1.
    language: str  # The first word behind the fence; "" if there is none.
    marks: list  # The other words.
    text: str  # The lines between the fences, without their common indentation.

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def read_blocks(page, name=None):
    """All blocks of a page. `name` is the page's in messages."""
    blocks = []
    opened = None
    lines = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.match(r"( *)```(.*)$", line)
        if opened is None and fence:
            opened = (number, fence[1], fence[2])
            lines = []
        elif opened is not None and fence and not fence[2].strip():
            number, indentation, info = opened
            words = shlex.split(info)
            text = "".join(piece.removeprefix(indentation) + "\n" for piece in lines)
            blocks.append(Block(name or page, number, words[0] if words else "", words[1:], text))
            opened = None
        elif opened is not None:
            lines.append(line)
    if opened is not None:
        raise ValueError(f"{name or page}:{opened[0]}: the block has no end")
    return blocks


def read_inline_commands(page):
    """The commands of `attache` in running text and tables, as (line, command)."""
    found = []
    in_block = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_block = not in_block
        elif not in_block:
            found += [(number, command) for command in re.findall(r"`(attache [a-z][^`]*)`", line)]
    return found


def read_help_examples(text):
    """The command lines under `Examples:` (or `Example:`) of a help text."""
    examples = []
    inside = False
    for line in text.splitlines():
        if re.match(r"examples?:", line, re.IGNORECASE):
            inside = True
            line = line.partition(":")[2]
        elif inside and line and not line.startswith(" "):
            inside = False
        command = re.match(r"\s*(?:\$ )?(attache .*)$", line)
        if inside and command:
            # What stands behind two blanks and a # is a remark.
            examples.append(re.split(r"\s{2,}(?=[#A-Z(])", command[1])[0].strip())
    return examples
