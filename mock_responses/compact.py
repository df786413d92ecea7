"""`POST /v1/responses/compact`: a conversation in, its user messages and one compaction item out.

What the answer is made of. Which request gets which answer is the endpoint's to find.
"""

from typing import Any

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import Answer, json_answer
from mock_responses.compose import Composer
from mock_responses.input_items import input_items
from mock_responses.items import item
from mock_responses.reply import WholeReply
from mock_responses.response import DEFAULT_USAGE
from mock_responses.tool_items import compaction
from mock_responses.views import RequestView

PATH = "/v1/responses/compact"


class CompactReply(WholeReply):
    """Parts as the output of a compaction; their marks are obeyed before it is sent."""

    def __init__(self, composer: Composer, id: str, created_at: int) -> None:
        super().__init__(composer)
        self._id = id
        self._created_at = created_at

    def answer(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """The compaction as it stands."""
        whole = self._composer.response_object()
        answer = {
            "id": self._id,
            "object": "response.compaction",
            "created_at": self._created_at,
            "output": whole["output"],
            "usage": whole["usage"] or DEFAULT_USAGE,
        }
        return json_answer(answer, headers=headers)


def usual_parts(entry: Entry) -> tuple[Any, ...]:
    """What the API makes of a conversation: all that the user said, and a summary of the rest.

    The summary says how many items it stands for.
    """
    given = RequestView(entry).input
    said = [one for one in input_items(given, "in") if one.get("role") == "user"]
    messages = [item({**one, "id": None, "status": "completed"}) for one in said]
    return (*messages, compaction(f"a summary of {len(given)} items"))
