"""`rehearsal serve --aimock FILE`: fixtures of aimock answer; what is wrong with one is told before
anything is served.
"""

from pathlib import Path

import pytest

from suites.cli.asking import ask
from suites.cli.processes import rehearsal, serving

GREETING = """{"fixtures": [
  {"match": {"userMessage": "hello"}, "response": {"content": "good day"}},
  {"match": {"inputText": "hello"}, "response": {"embedding": [0.5]}}
]}"""
OTHERWISE = '{"fixtures": [{"match": {}, "response": {"content": "pardon"}}]}'
WRONG = """{"fixtures": [
  {"match": {"userMesage": "hello"}, "response": {"content": "good day"}},
  {"match": {}, "response": {"content": "pardon"}, "chaos": {"dropRate": 0.1}}
]}"""
SCENARIO = """
from mock_responses import asks, message

def scenario(stage):
    stage.responses.reply(message("from the scenario"), when=asks("hello"))
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files of fixtures."""
    first, second = tmp_path / "greeting.json", tmp_path / "otherwise.json"
    first.write_text(GREETING, "utf-8")
    second.write_text(OTHERWISE, "utf-8")
    return first, second


async def test_files_answer_in_order(files: tuple[Path, Path], tmp_path: Path) -> None:
    """The first file comes first; what it has for other APIs is named on stderr."""
    first, second = files
    options = ("--aimock", first, "--aimock", second)
    async with serving(*options, errors=tmp_path / "err.txt") as server:
        answers = [await ask(server.port, stream=True, input=i) for i in ("hello", "x", "hello")]
        done = await server.end()
    assert [answer.text for answer in answers] == ["good day", "pardon", "good day"]
    assert done.err == (
        f"rehearsal: left out: {first}: fixtures[1].match.inputText: it is for embeddings; "
        "it is not served; let aimock serve it\n"
        f"rehearsal: left out: {first}: fixtures[1].response.embedding: it answers another API; "
        "it is not served; let aimock serve it\n"
    )
    assert done.code == 0


async def test_a_scenario_comes_before_the_fixtures(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Its replies are used up first; what neither answers is told with the nearest fixture."""
    scenario = tmp_path / "scenario.py"
    scenario.write_text(SCENARIO, "utf-8")
    options = (scenario, "--aimock", files[0])
    async with serving(*options, errors=tmp_path / "err.txt") as server:
        answers = [await ask(server.port, stream=True, input=i) for i in ("hello", "hello")]
        missed = await ask(server.port, input="bye")
        done = await server.end()
    assert [answer.text for answer in answers] == ["from the scenario", "good day"]
    assert missed.json["error"]["code"] == "rehearsal_unmatched"
    assert "userMessage='hello': the last user message is 'bye'" in done.err


async def test_what_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Every problem with file, fixture, field and remedy; exit code 2 and no traceback."""
    file = tmp_path / "wrong.json"
    file.write_text(WRONG, "utf-8")
    done = await rehearsal("serve", "--aimock", file)
    assert (done.code, done.out) == (2, "")
    told, first, second = done.err.splitlines()
    assert told == "rehearsal: the fixtures cannot be served:"
    assert first.startswith(f"{file}: fixtures[0].match: there is no field `userMesage`; did you")
    assert second.startswith(f"{file}: fixtures[1].chaos.dropRate: a fault by chance (0.1) cannot")


async def test_files_that_cannot_be_read(files: tuple[Path, Path]) -> None:
    """A folder is answered with the files in it, a file that is not there with what is expected."""
    first, second = files
    folder = await rehearsal("serve", "--aimock", first.parent)
    absent = await rehearsal("serve", "--aimock", first.with_name("absent.json"))
    assert (folder.code, absent.code) == (2, 2)
    assert folder.err == (
        f"rehearsal: {first.parent}: is a folder; name its files ({first}, {second})\n"
    )
    assert absent.err == (
        f"rehearsal: {first.with_name('absent.json')}: cannot be read: No such file or directory; "
        "--aimock takes a fixture file of aimock\n"
    )
