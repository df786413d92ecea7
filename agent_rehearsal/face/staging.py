"""What a test asks of its stage, by the marker `rehearsal` and the ini options, and where the stage
lives once it was made.

Imported in every pytest run: nothing heavy may be imported here before a stage is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from agent_rehearsal.face.stage import Stage

T = TypeVar("T")

INI = {"strict": "rehearsal_strict", "conduct": "rehearsal_conduct"}
"""What a stage is told -> the ini option that says it unless a marker does."""
MARKER = "rehearsal"
STRICT = ("error", "warn", "off")
"""What the ini options and the marker's arguments of that name may be:
`agent_rehearsal.wire.Strictness`.
"""


@dataclass(frozen=True, slots=True)
class Home:
    """The stage of a test and the place where its parts may be used."""

    stage: "Stage"
    run: Callable[[Callable[[], Any]], Any]
    """Calls a function on the event loop of the stage, and returns what it returns."""

    def call(self, function: Callable[["Stage"], T]) -> T:
        """What `function` makes of the stage."""
        made: T = self.run(lambda: function(self.stage))
        return made


HOME = pytest.StashKey[Home]()
"""Where an item keeps the home of the stage that its fixtures share."""


def vacate(item: pytest.Item) -> None:
    """Keep the stage of `item` for its report, now that no event loop has it any more."""
    if HOME in item.stash:
        item.stash[HOME] = replace(item.stash[HOME], run=lambda function: function())


def check_ini(config: pytest.Config) -> None:
    """Raise UsageError unless each ini option is one of `STRICT`."""
    for option in INI.values():
        value = config.getini(option)
        if value not in STRICT:
            raise pytest.UsageError(
                f"ini option {option} = {value}: expected one of {', '.join(STRICT)}"
            )


def new_stage(item: pytest.Item) -> "Stage":
    """A stage as the ini options and the markers of `item` ask for it; the nearest marker wins."""
    from agent_rehearsal.face.stage import Stage

    given = {name: item.config.getini(option) for name, option in INI.items()}
    options = {**given, **_marked(item)}
    waived = options.pop("waive", ())
    stage = Stage(**options)
    stage.waive(*waived)
    return stage


def _marked(item: pytest.Item) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            _refuse(item, f"{marker.args[0]!r} has no name")
        options |= {name: _read(item, name, value) for name, value in marker.kwargs.items()}
    return options


def _read(item: pytest.Item, name: str, value: Any) -> Any:
    if name not in _READERS:
        _refuse(item, f"it has no {name!r}")
    try:
        return _READERS[name](value)
    except ValueError as error:
        _refuse(item, f"{name}={value!r}; {error}")


def _strict(value: Any) -> Any:
    if value in STRICT:
        return value
    raise ValueError(f"expected one of {', '.join(map(repr, STRICT))}")


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    raise ValueError("expected True or False")


def _names(value: Any) -> Any:
    names = (value,) if isinstance(value, str) else value
    if isinstance(names, tuple | list | set | frozenset) and all(type(n) is str for n in names):
        return names
    raise ValueError("expected the name of a finding, or several: waive=('unmatched', 'unused')")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "strict": _strict,
    "strict_paths": _flag,
    "tls": _flag,
    "conduct": _strict,
    "waive": _names,
}
"""What the marker takes, and how each is checked."""


def _refuse(item: pytest.Item, what: str) -> NoReturn:
    pytest.fail(
        f"marker {MARKER} of {item.nodeid}: {what} "
        f"(the marker takes, by name, {', '.join(_READERS)})",
        pytrace=False,
    )
