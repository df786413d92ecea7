"""No package hands on another's public names, and each says in `__all__` what it offers."""

from collections.abc import Mapping
from pathlib import Path

from suites.repo.exports import complaints, floor, lazy_table
from suites.repo.tree import Module, packaged

LAZY = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from agent_rehearsal.journal.journal import Journal
_HOMES = {"Journal": "agent_rehearsal.journal.journal"}
__all__ = sorted(_HOMES)
def __getattr__(name: str) -> object: ...
"""


def judged(sources: Mapping[str, str]) -> list[str]:
    """Complaints about a tree of files: path -> text."""
    return complaints(Module(Path(path), source) for path, source in sources.items())


def test_the_packages_offer_their_own_names_only() -> None:
    """What a user imports from a package is defined in that package."""
    assert complaints(packaged()) == []


def test_own_names_are_fine() -> None:
    """A package may gather the names of its own modules."""
    tree = {
        "mock_responses/__init__.py": "from mock_responses.items import a\n__all__ = ['a']",
        "mock_responses/items.py": "def a() -> None: ...",
    }
    assert judged(tree) == []


def test_a_name_of_another_package_is_reported() -> None:
    """A mock that offers a name of the wire is told so, also when it came through a detour."""
    tree = {
        "mock_responses/__init__.py": "from mock_responses.marks import Gate\n__all__ = ['Gate']",
        "mock_responses/marks.py": "from agent_rehearsal.wire.script import Gate",
        "agent_rehearsal/wire/script.py": "class Gate: ...",
    }
    (line,) = judged(tree)
    assert "hands on Gate of agent_rehearsal.wire.script" in line


def test_a_name_of_a_library_is_reported() -> None:
    """A third party's name is not ours to offer either."""
    source = "from msgspec import Struct\n__all__ = ['Struct']"
    (line,) = judged({"codex_core/__init__.py": source})
    assert "hands on Struct of msgspec" in line


def test_a_module_may_not_offer_a_name_of_another_floor() -> None:
    """`__all__` of a plain module keeps to the floor of that module."""
    taken = "from agent_rehearsal.journal.entry import Entry\n__all__ = ['Entry']"
    tree = {
        "agent_rehearsal/wire/player.py": taken,
        "agent_rehearsal/journal/entry.py": "class Entry: ...",
    }
    (line,) = judged(tree)
    assert "hands on Entry of agent_rehearsal.journal.entry" in line


def test_a_silent_package_is_reported() -> None:
    """A package that offers names without `__all__` is asked for one."""
    (line,) = judged({"mock_responses/__init__.py": "def message() -> None: ..."})
    assert "has no __all__" in line


def test_an_incomplete_list_is_reported() -> None:
    """`__all__` equals what the package offers."""
    source = "def a() -> None: ...\ndef b() -> None: ...\n__all__ = ['a']"
    (line,) = judged({"mock_responses/__init__.py": source})
    assert "offers ['b'] without listing them" in line


def test_what_a_package_uses_of_a_library_is_not_offered() -> None:
    """An import from outside that `__all__` does not name is the package's own affair."""
    source = "from typing import Final\nLIMIT: Final = 3\n__all__ = ['LIMIT']"
    assert judged({"mock_responses/__init__.py": source}) == []


def test_a_foreign_name_is_reported_unlisted_too() -> None:
    """Taking a name of another package of ours into `__init__` offers it, listed or not."""
    tree = {
        "mock_responses/__init__.py": "from codex_core.a import A",
        "codex_core/a.py": "class A: ...",
    }
    assert any("hands on A of codex_core.a" in line for line in judged(tree))


def test_type_checkers_see_the_lazy_table() -> None:
    """The table of a lazy package and its names under TYPE_CHECKING are the same."""
    tree = {
        "agent_rehearsal/__init__.py": LAZY.replace("import Journal", "import Entry as Journal2"),
        "agent_rehearsal/journal/journal.py": "class Journal: ...",
    }
    assert any("['Journal', 'Journal2'] are either" in line for line in judged(tree))


def test_a_lazy_table_is_read() -> None:
    """A package that resolves names on use is judged by its table."""
    home = {"agent_rehearsal/journal/journal.py": "class Journal: ..."}
    assert judged({"agent_rehearsal/__init__.py": LAZY, **home}) == []
    elsewhere = LAZY.replace("agent_rehearsal.journal", "mock_realtime")
    (line,) = judged({"agent_rehearsal/__init__.py": elsewhere, **home})
    assert "hands on Journal of mock_realtime.journal" in line


def test_a_lazy_name_that_is_nowhere_is_reported() -> None:
    """The table may not promise what the module does not define."""
    tree = {"agent_rehearsal/__init__.py": LAZY, "agent_rehearsal/journal/journal.py": ""}
    (line,) = judged(tree)
    assert "Journal of __all__ is not defined anywhere" in line


def test_a_table_by_module_is_read_too() -> None:
    """{"module": ("name", ...)} says the same as {"name": "module"}."""
    source = "_HOMES = {'.journal': ('Journal', 'Entry')}\ndef __getattr__(name): ..."
    table = lazy_table(Module(Path("agent_rehearsal/__init__.py"), source))
    assert table == {"Journal": "agent_rehearsal.journal", "Entry": "agent_rehearsal.journal"}


def test_floors() -> None:
    """Floors of the harness count each; other packages are one floor."""
    assert floor("agent_rehearsal.wire.script") == "agent_rehearsal.wire"
    assert floor("mock_responses.items") == "mock_responses"
