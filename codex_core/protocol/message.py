"""The base of every event's message. It knows no event."""

import msgspec

__all__ = ["EventMessage"]


class EventMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every event message; the wire tells them apart by `type`."""

    @property
    def type(self) -> str:
        """The wire name."""
        return str(self.__struct_config__.tag)
