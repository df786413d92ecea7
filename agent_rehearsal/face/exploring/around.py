"""What outlives one run of a test, made before the first and ended after the last, outside of any
simulation: the fixtures of its class, module, package and session.
"""

from typing import Any

import pytest


def set_up_around(item: pytest.Item) -> None:
    """Set up the collectors of an item and the fixtures of a wider scope that it uses.

    Raises whatever they raise; pytest remembers it and says it again when the item is run.
    """
    own: Any = item
    # For pytest the item is set up meanwhile, as it has to be for one that asks for fixtures.
    own.setup = lambda: _wider_fixtures(own)
    try:
        own.session._setupstate.setup(own)
    finally:
        del own.setup
        own.session._setupstate.teardown_exact(own.parent)
        own._initrequest()


def _wider_fixtures(own: Any) -> None:
    for name in own._fixtureinfo.names_closure:
        for definition in own._fixtureinfo.name2fixturedefs.get(name, ())[-1:]:
            if definition.scope != "function":
                own._request.getfixturevalue(name)


def tear_down_around(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what the next item does not use. Raises whatever that raises."""
    session: Any = item.session
    session._setupstate.teardown_exact(nextitem)
