"""The command line: what it prints, and how it says no."""

import json
from pathlib import Path

import pytest

from suites.interop import codex_cli
from suites.parity.__main__ import main
from suites.parity.scenario import find, scenarios


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, with its name and what it shows."""
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(scenarios())


def test_the_requests_of_a_client_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, normalised."""
    assert main(["run", "plain_exec_http", "--client", "codex_core"]) == 0
    printed = json.loads(capsys.readouterr().out)
    (request,) = printed["responses"]
    assert request["body"]["prompt_cache_key"] == "<thread 1>"


@pytest.mark.parametrize("command", ["run", "record", "compare"])
def test_an_unknown_scenario_has_the_nearest(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error has these, the families, and where all the names are."""
    assert main([command, "plain_exec_htp"]) == 2
    told = capsys.readouterr().err
    assert "no scenario 'plain_exec_htp', and no family; is it plain_exec_http or " in told
    assert all(each.family in told for each in scenarios().values())
    assert "`python -m suites.parity list` has the" in told
    assert main([command, "12345"]) == 2
    assert "no scenario '12345', and no family; families: " in capsys.readouterr().err


def test_an_unknown_client_lists_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Both of them."""
    assert main(["run", "plain_exec_http", "--client", "nobody"]) == 2
    assert "no client 'nobody'; there are codex_core, cli-0.142.0" in capsys.readouterr().err


def test_a_client_that_is_not_installed_says_how_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error has the command."""
    monkeypatch.setattr(codex_cli, "ROOT", tmp_path)
    assert main(["run", "plain_exec_http", "--client", "cli-0.142.0"]) == 1
    assert "`make interop` installs it" in capsys.readouterr().err


def test_a_comparison_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with 0 where nothing differs but on purpose."""
    assert main(["compare", "plain_exec_http"]) == 0
    assert "100.00% equal" in capsys.readouterr().out


def test_a_family_is_a_name_for_its_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are compared, and no others."""
    family = [each.name for each in scenarios().values() if each.family == "realtime_ends"]
    assert main(["compare", "realtime_ends"]) == 0
    head, *lines, sums, _ = capsys.readouterr().out.splitlines()
    assert head.startswith("scenario ")
    assert [line.split()[0] for line in lines] == family
    assert sums.startswith(f"{len(family)} scenarios ")


def test_realtime_is_a_name_for_every_family_of_it() -> None:
    """Whatever stands in a module whose name begins so, each once."""
    found = [each.name for each in find(["realtime", "realtime_v1"])]
    assert found == [name for name in scenarios() if name.startswith("realtime_")]
    assert {each.family for each in find(["realtime"])} > {"realtime", "realtime_calls"}
