"""Random files and random edits of them, and the patch that says what an edit does."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from hypothesis import strategies as st

from suites.core.patching import patch_text

WORDS = st.sampled_from(["", "a", "b", " a", "a ", "}", "\u2019x", "'x", "-a", "+a", "@@", "*** a"])
LINE = WORDS | st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))
LINES = st.lists(LINE, max_size=12)


@dataclass(frozen=True)
class Edit:
    """A text and the lines that it is to have."""

    before: str
    old: list[str]
    new: list[str]

    @property
    def after(self) -> str:
        return "".join(f"{line}\n" for line in self.new)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Lines that are kept, replaced, removed and added anywhere; any line breaks in the text."""
    old, new = draw(LINES), list[str]()
    for line in old:
        match draw(st.sampled_from("kkkrda")):
            case "k":
                new.append(line)
            case "r":
                new.append(draw(LINE))
            case "a":
                new += [line, draw(LINE)]
    new += draw(st.lists(LINE, max_size=2))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "".join(line + end for line in old)
    if old and old[-1] and draw(st.booleans()):
        text = text.removesuffix(end)
    return Edit(text, old, new)


def chunks_of(edit: Edit) -> list[str]:
    """The lines of an update: a chunk for each difference, told from the end of the last one.

    So no chunk can be found before its place, however often the same lines stand in the file. One
    that only adds lines has the line behind them too, or they would go to the end of the file.
    """
    lines: list[str] = []
    done, end = 0, len(edit.old)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, edit.old, edit.new).get_opcodes():
        if kind == "equal":
            continue
        stop = i2 + 1 if done == i2 < end else i2
        lines += ["@@", *(f" {line}" for line in edit.old[done:i1])]
        lines += [f"-{line}" for line in edit.old[i1:i2]]
        lines += [f"+{line}" for line in edit.new[j1:j2]]
        lines += [f" {line}" for line in edit.old[i2:stop]]
        lines += ["*** End of File"] if stop == end else []
        done = stop
    return lines


def patch_of(edit: Edit, path: str = "f") -> str:
    """A patch that makes the edit of a file at `path`."""
    return patch_text(f"*** Update File: {path}", *chunks_of(edit))
