"""What the pages say holds: tests are run, links lead somewhere, tables have all that there is."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

import agent_rehearsal
import mock_realtime
import mock_responses
from agent_rehearsal import Predicate
from agent_rehearsal.wire import findings
from agent_rehearsal.wire.script import Mark
from codex_core import Runtime
from codex_core.config.features import FEATURES
from codex_core.config.loader import load_config
from codex_core.config.providers import ModelProvider
from codex_core.config.realtime import RealtimeSettings
from mock_realtime.conduct import NAMES as REALTIME
from mock_responses.conduct import NAMES as RESPONSES
from mock_responses.items import Item
from suites.docs.pages import DOCS, ROOT, blocks, links, read, rows, section
from suites.parity.exceptions import FILE, read_exceptions
from suites.parity.scenario import scenarios

EXAMPLES = {
    "agent.md": "test_agent.py",
    "exploration.md": "test_exploration.py",
    "faults.md": "test_faults.py",
    "realtime.md": "test_realtime.py",
    "responses.md": "test_responses.py",
    "waiting.md": "test_waiting.py",
    "websocket.md": "test_websocket.py",
}
"""Page -> the file in `examples/` that has its tests."""
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
DEFAULTS = {False: "false", True: "true"}


@pytest.mark.parametrize("page", EXAMPLES)
def test_a_test_on_a_page_is_one_that_runs(page: str) -> None:
    """It stands in `examples/` word for word, and the page says where."""
    example = f"examples/{EXAMPLES[page]}"
    code = (ROOT / example).read_text("utf-8")
    shown = [block for block in blocks(read(page)) if "def test_" in block]
    assert shown
    assert [block for block in shown if block not in code] == []
    assert f"`{example}`" in read(page)


def test_the_tests_in_readme_are_those_that_run() -> None:
    """Word for word, but for the one that is shown to fail."""
    examples = [path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*.py"))]
    shown = blocks((ROOT / "README.md").read_text("utf-8"))
    tests = [block for block in shown if "def test_" in block]
    others = [block for block in tests if not any(block in code for code in examples)]
    assert len(tests) > 2
    assert [block.count("test_the_session_comes_first") for block in others] == [1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    """And to headings that those have."""
    for link in links(page.read_text("utf-8")):
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        if heading:
            assert heading in map(anchor, re.findall(r"^#+ (.*)$", target.read_text(), re.M)), link


def anchor(heading: str) -> str:
    """What a link to a heading is called."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_page_is_found_from_readme() -> None:
    """By a link."""
    linked = links((ROOT / "README.md").read_text("utf-8"))
    assert {f"docs/{page.name}" for page in DOCS.glob("*.md")} <= set(linked)


def test_every_suite_is_told_of() -> None:
    """In the table for those who contribute."""
    text = section((ROOT / "CONTRIBUTING.md").read_text("utf-8"), "Where things are")
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", text, re.M)))
    suites = [path.parent.name for path in (ROOT / "suites").glob("*/test_*.py")]
    assert sorted(named) == sorted(set(suites))


def test_the_page_on_findings_has_every_finding() -> None:
    """And none that nobody makes, each where it belongs."""
    text = read("findings.md")
    assert set(rows(section(text, "What the servers meet"))) == set(findings.NAMES)
    assert set(rows(section(text, "The client's conduct"))) == {*RESPONSES, *REALTIME}


def test_the_page_on_faults_has_every_mark() -> None:
    """All that make one and can be imported for a test."""
    made = [name for name in agent_rehearsal.__all__ if makes(Mark, getattr(agent_rehearsal, name))]
    assert "cut" in made
    assert set(made) <= set(rows(section(read("faults.md"), "Marks")))


def makes(kind: type, found: object) -> bool:
    """Whether this is a function that makes something of a kind."""
    if not inspect.isfunction(found):
        return False
    made = inspect.signature(found).return_annotation
    return inspect.isclass(made) and issubclass(made, kind)


def test_the_page_on_waiting_has_every_condition() -> None:
    """All that make one, in each package that a test imports."""
    packages = (agent_rehearsal, mock_realtime, mock_responses)
    every = {name: getattr(package, name) for package in packages for name in package.__all__}
    made = {name for name, found in every.items() if makes(Predicate, found)}
    text = section(read("waiting.md"), "Conditions")
    assert "asks" in made
    assert {name for name in made if f"`{name}" not in text} == set()


def test_the_page_on_responses_has_every_part() -> None:
    """All that make an item."""
    items = get_args(Item)
    made = {name for name in mock_responses.__all__ if made_by(name) in items}
    text = section(read("responses.md"), "What the model says")
    assert {"message", "shell_call", "mcp_call"} <= made
    assert {name for name in made if f"`{name}" not in text} == set()


def made_by(name: str) -> object:
    """What a name of the mock makes, if it is a function."""
    found = getattr(mock_responses, name)
    return inspect.signature(found).return_annotation if inspect.isfunction(found) else None


def test_the_page_shows_a_snapshot_as_it_is() -> None:
    """The file that it names."""
    (shown,) = blocks(section(read("responses.md"), "Approving what is sent"), "")
    (name,) = re.findall(r"`(snapshots/\S+)`", read("responses.md"))
    assert shown.strip() == (ROOT / name).read_text("utf-8").strip()


def test_the_provider_on_the_page_can_be_used(tmp_path: Path) -> None:
    """Its settings are read without a complaint."""
    (settings,) = blocks(read("agent.md"), "toml")
    (tmp_path / "config.toml").write_text(settings, "utf-8")
    runtime = Runtime.deterministic(root=tmp_path, env={"CODEX_HOME": str(tmp_path)})
    config = load_config(runtime)
    assert (config.provider.name, config.warnings) == ("mine", ())
    assert config.provider.auth is not None


def test_the_defaults_of_a_provider_are_as_the_page_says() -> None:
    """Each row that has one."""
    text = section(read("agent.md"), "Providers")
    told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.M))
    provider = ModelProvider(name="x")
    found = {name: getattr(provider, name) for name in told}
    assert len(told) == 6
    assert told == {name: DEFAULTS.get(value, str(value)) for name, value in found.items()}


def test_the_page_has_every_feature() -> None:
    """With its default."""
    text = section(read("agent.md"), "Features")
    told = dict(re.findall(r"^\| `(\w+)` \| (on|off) \|", text, re.M))
    assert told == {name: "on" if one.default else "off" for name, one in FEATURES.items()}


def test_the_page_has_every_realtime_setting_beyond_the_reference() -> None:
    """Those that are on by default."""
    fields = zip(
        RealtimeSettings.__struct_fields__, RealtimeSettings.__struct_defaults__, strict=True
    )
    text = section(read("agent.md"), "A realtime conversation")
    assert rows(text) == [name for name, default in fields if default is True]


def test_the_page_on_parity_counts_right() -> None:
    """The scenarios, all and by family, and the exceptions."""
    text, known = read("parity.md"), scenarios()
    families = [each.act.__module__.rpartition(".")[2] for each in known.values()]
    for names, count in re.findall(r"^\| (`[\w`, ]+) \| (\d+) \|", text, re.M):
        assert sum(map(families.count, re.findall(r"\w+", names))) == int(count), names
    assert f"\n{len(known)} scenarios " in text
    excepted = read_exceptions(FILE.read_text("utf-8"))
    shown = re.findall(r"^\| `(\w+)` \| `(/\S+)` \|", section(text, "Exceptions"), re.M)
    assert shown == [(name, path) for name, paths in excepted.items() for path in paths]
