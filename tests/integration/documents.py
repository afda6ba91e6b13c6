"""The blocks of code in README.md and docs/*.md."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = "```"


@dataclass
class Block:
    """`text` as it stands between two fences that begin in `line` of `file` and name `language`."""

    file: str
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.text.splitlines()[0]}"


def files():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def read_blocks(path):
    blocks, begun = [], None
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        if not line.startswith(FENCE):
            if begun:
                begun.text += line
        elif begun:
            blocks.append(begun)
            begun = None
        else:
            begun = Block(str(path.relative_to(ROOT)), number, line[len(FENCE):].strip(), "")
    if begun:
        raise AssertionError(f"{begun.file}:{begun.line}: a block that does not end")
    return blocks


def all_blocks():
    return [block for path in files() for block in read_blocks(path)]
