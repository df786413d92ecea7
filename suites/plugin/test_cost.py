"""What the plugin costs a run that does not use it: no import of weight."""

import sys

import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]

HEAVY = ("aiohttp", "msgspec", "zstandard", "openai", "click", "rich")
OURS = ("agent_rehearsal.journal", "agent_rehearsal.wire", "mock_", "codex_core")


@pytest.mark.parametrize("loaded", [(), ("asyncio",)], ids=["alone", "beside pytest-asyncio"])
def test_a_run_that_does_not_use_it_imports_nothing_heavy(
    project: Project, loaded: tuple[str, ...]
) -> None:
    """No server, no client, no core; pytest-asyncio and syrupy only where pytest loads them."""
    without = () if loaded else ("-p", "no:asyncio")
    heavy = (*HEAVY, *OURS, "syrupy", *(() if loaded else ("pytest_asyncio",)))
    project.pytester.makeini("[pytest]")
    project.pytester.makepyfile(
        test_it=f"""
        import sys

        def test_imports():
            assert [name for name in sys.modules if name.startswith({heavy!r})] == []
        """
    )
    result = project.run_apart("-W", "ignore", *without)
    result.assert_outcomes(passed=1)


def test_this_process_has_the_plugin_from_its_entry_point(request: pytest.FixtureRequest) -> None:
    """What is tested here is what users get: the plugin named `rehearsal`, loaded by pytest."""
    plugin = request.config.pluginmanager.get_plugin("rehearsal")
    assert plugin is sys.modules["agent_rehearsal.face.plugin"]
