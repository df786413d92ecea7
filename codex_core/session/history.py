"""What the model is going to be shown again: items in order, encoded once.

What a request costs here grows with the items that are new: what was sent before is sent again as
it was. Items that are not sent as they were recorded are few and known by their place: calls
without an output, outputs without a call, images for a model that takes none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET

from codex_core.config.models import Images
from codex_core.model_client.input_items import InputItems
from codex_core.protocol.items import (
    CustomToolCallOutput,
    FunctionCallOutput,
    KnownItem,
    OtherItem,
    ResponseItem,
)
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.session.hygiene import (
    Key,
    answers,
    calls,
    identified,
    is_kept,
    needs_call,
    synthetic_output,
    without_detail,
    without_images,
)
from codex_core.session.pictures import with_usable_images
from codex_core.tools.truncate import truncate_output

__all__ = ["History"]

_RECORD_MARGIN = 1.2
"""Outputs are cut when a tool makes them; what is recorded may be this much longer."""

_ENCODER = msgspec.json.Encoder()

_Amended = Mapping[int, tuple[msgspec.Raw, ...]]


class History:
    """The items of a thread.

    `policy` bounds each tool output that is recorded from then on. `new_id` makes ids for items
    without one; where it is None only ids that the server gave are sent, if `keeps_ids`.
    `keeps_passthrough` says whether the server's notes on items go back to it.
    """

    def __init__(
        self,
        *,
        policy: TruncationPolicy,
        new_id: Callable[[], str] | None = None,
        keeps_ids: bool = False,
        keeps_passthrough: bool = False,
    ) -> None:
        self.policy = policy
        self._new_id = new_id
        self._keeps_ids = keeps_ids
        self._keeps_passthrough = keeps_passthrough
        self._clear()

    def _clear(self) -> None:
        self._items: list[KnownItem] = []
        self._encoded: list[msgspec.Raw] = []
        self._called: set[Key] = set()
        self._answered: set[Key] = set()
        self._open: dict[Key, list[int]] = {}
        """Places of the calls that have no output."""
        self._orphans: dict[Key, list[int]] = {}
        """Places of the outputs that have no call."""
        self._synthetic: dict[int, msgspec.Raw] = {}
        """Outputs that were made up, by the place of their call."""
        self._pictured: dict[Images, dict[int, msgspec.Raw]] = {"plain": {}, "none": {}}
        """Items with images, by their place, as models have them that are not sent all of them."""
        self._send_anew()

    def _send_anew(self) -> None:
        self._sent: list[msgspec.Raw] = []
        """The items of the last request."""
        self._sent_places = 0
        """How many of the recorded items these are of."""
        self._amended: _Amended = {}
        """Those that were not sent as they were recorded."""

    @property
    def items(self) -> Sequence[KnownItem]:
        """All items, as recorded: a view, which grows with them until they are replaced."""
        return self._items

    def record(self, item: ResponseItem) -> None:
        """Appends an item, if it is of a kind that is kept."""
        if is_kept(item):
            self._append(self._kept(item))

    def replace(self, items: Iterable[KnownItem]) -> None:
        """Has these items from now on, none of them cut."""
        self._clear()
        for item in items:
            self._append(self._sendable(item))

    def with_items(self, items: Iterable[KnownItem]) -> "History":
        """Another history under the same rules."""
        other = History(
            policy=self.policy,
            new_id=self._new_id,
            keeps_ids=self._keeps_ids,
            keeps_passthrough=self._keeps_passthrough,
        )
        other.replace(items)
        return other

    def encode_item(self, item: ResponseItem) -> msgspec.Raw:
        """An item as `for_prompt` has it once it is recorded; as it came if it is not kept."""
        if isinstance(item, OtherItem):
            return msgspec.Raw(item.raw)
        return _encode(self._kept(item))

    def for_prompt(self, images: Images = "whole") -> InputItems:
        """The items of the next request, encoded; each call has its output, each output its call.

        `images` says how the model is sent those. An item that did not change is the same object
        each time.
        """
        amended = self._amendments(images)
        known = {place: raws for place, raws in amended.items() if place < self._sent_places}
        if known != self._amended:
            self._send_anew()
        self._extend(amended)
        return InputItems(self._sent)

    def _amendments(self, images: Images) -> _Amended:
        """What stands in a request in the stead of some items, by their place."""
        pictured = self._pictured.get(images, {})
        amended: dict[int, tuple[msgspec.Raw, ...]] = {k: (raw,) for k, raw in pictured.items()}
        for places in self._orphans.values():
            amended.update((place, ()) for place in places)
        for places in self._open.values():
            amended.update((place, self._aborted(place)) for place in places)
        return amended

    def _extend(self, amended: _Amended) -> None:
        """Adds the items that no request had yet to those that the last one had."""
        start = self._sent_places
        for place in sorted(place for place in amended if place >= start):
            self._sent += self._encoded[start:place]
            self._sent += amended[place]
            start = place + 1
        self._sent += self._encoded[start:]
        self._sent_places, self._amended = len(self._items), amended

    def withhold_last_images(self, note: str) -> bool:
        """Puts `note` for the images of the newest item, if that is an output; else it is False."""
        if not self._items or not isinstance(
            self._items[-1], FunctionCallOutput | CustomToolCallOutput
        ):
            return False
        plain = without_images(self._items[-1], note)
        if plain is self._items[-1]:
            return False
        self._items[-1], self._encoded[-1] = plain, _encode(plain)
        for pictured in self._pictured.values():
            pictured.pop(len(self._items) - 1, None)
        self._send_anew()
        return True

    def _kept(self, item: KnownItem) -> KnownItem:
        if isinstance(item, FunctionCallOutput | CustomToolCallOutput):
            output = truncate_output(item.output, self.policy.times(_RECORD_MARGIN))
            if output is not item.output:
                item = msgspec.structs.replace(item, output=output)
        return self._sendable(with_usable_images(item))

    def _sendable(self, item: KnownItem) -> KnownItem:
        if item.passthrough is not UNSET and not (self._keeps_passthrough and item.passthrough):
            item = msgspec.structs.replace(item, passthrough=UNSET)
        return identified(item, self._new_id, keeps=self._keeps_ids)

    def _append(self, item: KnownItem) -> None:
        place = len(self._items)
        self._items.append(item)
        self._encoded.append(_encode(item))
        views: Mapping[Images, KnownItem] = {
            "plain": without_detail(item),
            "none": without_images(item),
        }
        for images, changed in views.items():
            if changed is not item:
                self._pictured[images][place] = _encode(changed)
        self._note_call(calls(item), place)
        self._note_output(answers(item), place, alone=not needs_call(item))

    def _note_call(self, key: Key | None, place: int) -> None:
        if key is None:
            return
        self._called.add(key)
        self._orphans.pop(key, None)
        if key not in self._answered:
            self._open.setdefault(key, []).append(place)

    def _note_output(self, key: Key | None, place: int, *, alone: bool) -> None:
        if key is None:
            return
        self._answered.add(key)
        self._open.pop(key, None)
        if not alone and key not in self._called:
            self._orphans.setdefault(key, []).append(place)

    def _aborted(self, place: int) -> tuple[msgspec.Raw, msgspec.Raw]:
        """A call and the output that is made up for it, always the same."""
        if place not in self._synthetic:
            output = synthetic_output(self._items[place])
            self._synthetic[place] = _encode(identified(output, self._new_id))
        return self._encoded[place], self._synthetic[place]


def _encode(item: KnownItem) -> msgspec.Raw:
    return msgspec.Raw(_ENCODER.encode(item))
