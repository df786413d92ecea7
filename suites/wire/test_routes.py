"""Which handler serves a path."""

import pytest

from agent_rehearsal.wire.routes import Routes


def table() -> Routes[str]:
    """Exact paths and templates, as an API adds them."""
    routes: Routes[str] = Routes()
    routes.add("POST", "/v1/things", "make")
    routes.add("GET", "/v1/things/{id}", "read")
    routes.add("DELETE", "/v1/things/{id}", "delete")
    routes.add("POST", "/v1/things/compact", "compact")
    routes.add("GET", "/v1/things/{id}/parts/{part}", "part")
    return routes


@pytest.mark.parametrize(
    ("path", "methods", "values"),
    [
        ("/v1/things", {"POST": "make"}, {}),
        ("/v1/things/a b", {"GET": "read", "DELETE": "delete"}, {"id": "a b"}),
        ("/v1/things/compact", {"POST": "compact"}, {}),
        ("/v1/things/1/parts/2", {"GET": "part"}, {"id": "1", "part": "2"}),
        ("/v1/things/", {}, {}),
        ("/v1/things/1/parts", {}, {}),
        ("/v1/other/1", {}, {}),
    ],
)
def test_a_path_is_served_exactly_or_by_its_template(
    path: str, methods: dict[str, str], values: dict[str, str]
) -> None:
    """An exact path goes first; a name stands for one segment that is not empty."""
    assert table().find(path) == (methods, values)


def test_routes_are_listed_as_they_were_added() -> None:
    """The names of a template are shown, so that an error can say what is served."""
    assert list(table()) == [
        "POST /v1/things",
        "POST /v1/things/compact",
        "GET /v1/things/{id}",
        "DELETE /v1/things/{id}",
        "GET /v1/things/{id}/parts/{part}",
    ]
