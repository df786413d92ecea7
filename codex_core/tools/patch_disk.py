"""Patches and the disk: what stands at the paths of a patch, and putting a plan into effect.

It decides nothing about a patch. A file is written in place, so links to it and its mode stay.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from codex_core.tools.files import read_regular, reason_of
from codex_core.tools.patch.contents import Content, NoText
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.plan import Plan

__all__ = ["Written", "read_contents", "write_plan"]


def read_contents(paths: Iterable[str]) -> dict[str, Content]:
    """What stands at each absolute path; raises `PatchError` if two of them are one file."""
    contents: dict[str, Content] = {}
    known: dict[tuple[int, int], str] = {}
    for path in paths:
        with contextlib.suppress(OSError):
            found = os.stat(path)
            other = known.setdefault((found.st_dev, found.st_ino), path)
            if other != path:
                raise PatchError(
                    f"{path} and {other} are the same file; name it in one way in a patch"
                )
        contents[path] = _content(path)
    return contents


def _content(path: str) -> Content:
    try:
        return read_regular(path).decode()
    except FileNotFoundError as error:
        return NoText(kind="missing", reason=reason_of(error))
    except UnicodeDecodeError:
        return NoText(kind="binary", reason="it is not UTF-8 text")
    except OSError as error:
        return NoText(kind="blocked", reason=reason_of(error))


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """How far a plan got: the paths that are as it wants them, and what stopped it, if anything."""

    done: tuple[str, ...]
    problem: str | None = None


def write_plan(plan: Plan) -> Written:
    """Writes and removes files; an error ends it.

    New texts are written before any file goes, so an error never loses a moved file's text.
    """
    done: list[str] = []
    for path, text in sorted(plan.texts.items(), key=lambda item: item[1] is None):
        try:
            _put(path, text, plan.moves.get(path))
        except OSError as error:
            verb = "remove" if text is None else "write"
            before = "\n".join(["Changed before that:", *done]) if done else "Nothing was changed."
            problem = f"Failed to {verb} file {path}: {reason_of(error)}\n{before}\n"
            return Written(done=tuple(done), problem=problem)
        done.append(path)
    return Written(done=tuple(done))


def _put(path: str, text: str | None, origin: str | None) -> None:
    if text is None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode())
    if origin is not None:
        shutil.copymode(origin, path)
