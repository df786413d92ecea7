"""A message in which the model declines, in the one event that is needed."""

from mock_responses import event

WORDS = "I will not"
DECLINED = event(
    "response.output_item.done",
    item={
        "type": "message",
        "id": "msg_declined",
        "role": "assistant",
        "content": [
            {"type": "output_text", "text": "Sorry: ", "annotations": []},
            {"type": "refusal", "refusal": WORDS},
        ],
    },
)
SAID = f"Sorry: {WORDS}"
"""What a user reads of it."""
