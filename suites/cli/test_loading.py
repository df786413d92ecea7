"""Scenario files as they are loaded and played: what is told of each way to be wrong."""

import sys
from pathlib import Path

import pytest

from agent_rehearsal import Stage
from agent_rehearsal.face.cli.loading import load
from agent_rehearsal.face.cli.mishap import Mishap

WRONG = {
    "a typo of a name in reach": (
        "from mock_responses import message\n"
        "def scenario(stage):\n"
        '    stage.responses.reply(mesage("hi"))\n',
        ":3: NameError: name 'mesage' is not defined (did you mean message?)",
        'stage.responses.reply(mesage("hi"))',
    ),
    "a typo at the top": (
        "from mock_responses import mesage\n",
        ":1: ImportError: cannot import name 'mesage' from 'mock_responses'",
        "from mock_responses import mesage",
    ),
    "a builder given a wrong field": (
        "from mock_responses import message\n"
        "def scenario(stage):\n"
        '    stage.responses.reply(message(["hi"]))\n',
        ":3: TypeError: message()",
        'stage.responses.reply(message(["hi"]))',
    ),
    "a coroutine with a typo": (
        'async def scenario(stage):\n    stage.response.reply("hi")\n',
        ":2: AttributeError: 'Stage' object has no attribute 'response'",
        "(did you mean responses?)",
    ),
    "no function at all": (
        "from mock_responses import message\n",
        "there is no function `scenario`; it defines no function",
        "add `def scenario(stage)`",
    ),
    "no function of that name": (
        "scenario = 3\n",
        "`scenario` is of type int, not a function",
        "add `def scenario(stage)`",
    ),
    "no parameter": (
        "\ndef scenario(): ...\n",
        ":2: `scenario` cannot be called with the stage alone",
        "expected `def scenario(stage)`",
    ),
}
"""What is wrong -> the file, the place and reason that are told, the line or remedy beside it."""


@pytest.fixture(autouse=True)
def _imports_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading changes what a process imports from: this process gets it back."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("rehearsal_scenario", "beside_it"):
        monkeypatch.setitem(sys.modules, name, sys)
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_scenario_is_told(case: str, tmp_path: Path) -> None:
    """The file, the line in it, the reason; the source or the remedy."""
    text, reason, more = WRONG[case]
    path = tmp_path / "scenario.py"
    path.write_text(text, "utf-8")
    with pytest.raises(Mishap) as caught:
        await load(path).play(Stage())
    told = caught.value.format_message()
    assert told.startswith(str(path))
    assert reason in told
    assert more in told


async def test_an_error_below_the_scenario_is_told_at_its_line(tmp_path: Path) -> None:
    """What a module beside it raises is told at the line of the scenario that called it."""
    (tmp_path / "beside_it.py").write_text("def f():\n    raise KeyError('k')\n", "utf-8")
    path = tmp_path / "scenario.py"
    path.write_text("import beside_it\ndef scenario(stage):\n    beside_it.f()\n", "utf-8")
    with pytest.raises(Mishap, match=r"scenario.py:3: KeyError: 'k'"):
        await load(path).play(Stage())


def test_no_bytecode_is_left_behind(tmp_path: Path) -> None:
    """A scenario's folder has the same files afterwards."""
    path = tmp_path / "scenario.py"
    path.write_text("def scenario(stage): ...\n", "utf-8")
    load(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    """What cannot be read is told with the system's reason."""
    with pytest.raises(Mishap, match="cannot be read: Is a directory"):
        load(tmp_path)
