"""A class of clients that trust a server with TLS in what they connect, made of the SDK's own.

The SDK takes one context with its HTTP client, and another with each `connect`. It is not imported
here.
"""

import ssl
from functools import cached_property
from typing import Any

_CONNECTS = ("realtime", "responses")
"""What of a client may open WebSockets."""


def trusting(client: type[Any], context: ssl.SSLContext) -> type[Any]:
    """`client` with `context` for its WebSockets, and for those of its copies.

    One that is given to a `connect` goes before it. An SDK of another make is left as it is.
    """
    found = {name: getattr(client, name, None) for name in _CONNECTS}
    resources = {
        name: _resource(plain, context)
        for name, plain in found.items()
        if isinstance(plain, cached_property)
    }
    return type(client.__name__, (client,), resources)


def _resource(plain: "cached_property[Any]", context: ssl.SSLContext) -> "cached_property[Any]":
    return cached_property(lambda self: _connecting(plain.func(self), context))


def _connecting(resource: Any, context: ssl.SSLContext) -> Any:
    """A resource whose WebSockets have a context; one that has none is left alone."""
    plain = getattr(resource, "connect", None)
    if plain is None:
        return resource

    def connect(**options: Any) -> Any:
        given = options.pop("websocket_connection_options", {})
        return plain(**options, websocket_connection_options={"ssl": context, **given})

    resource.connect = connect
    return resource
