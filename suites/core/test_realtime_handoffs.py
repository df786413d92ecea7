"""Which turn answers a handoff, and what becomes of one that comes too late to steer another."""

from codex_core.protocol.events import EventMsg
from codex_core.protocol.realtime_ops import RealtimeConversationStart
from codex_core.realtime.connector import Connector
from codex_core.realtime.conversation import Conversation
from codex_core.realtime.handoffs import Handoffs
from codex_core.realtime.output import COMPLETE, LABEL, STEERED
from suites.core.exchanges import Wire, client
from suites.core.fakes import Json, make_config
from suites.core.progress import Progress
from suites.core.sockets import FakeSocket, Opener


def test_a_second_handoff_on_v1_takes_the_place_of_the_first() -> None:
    """Once a turn has it; until then what is said belongs to the first."""
    handoffs = Handoffs(steers=False)
    handoffs.request("h1")
    handoffs.taken("h1", "t")
    handoffs.request("h2")
    assert handoffs.working("t") == "h1"
    handoffs.taken("h2", "t")
    assert handoffs.working("t") == "h2"


def test_a_turn_that_ends_before_another_takes_the_handoff_does_not_end_it() -> None:
    """The handoff is of the turn that has its text."""
    handoffs = Handoffs(steers=True)
    handoffs.request("h1")
    assert handoffs.complete("older") is None
    handoffs.taken("h1", "newer")
    assert handoffs.working("older") is None
    assert handoffs.answer("newer") == "h1"
    assert handoffs.complete("newer") == ("h1", True)


def test_a_handoff_to_which_nothing_went_back_is_over_with_its_turn() -> None:
    """And known to be such; the next one does not steer."""
    handoffs = Handoffs(steers=True)
    handoffs.request("h1")
    handoffs.taken("h1", "t")
    assert handoffs.complete("t") == ("h1", False)
    assert handoffs.request("h2") is True


def test_an_id_that_is_empty_is_one() -> None:
    """A handoff waits under it as under any other."""
    handoffs = Handoffs(steers=True)
    assert handoffs.request("") is True
    assert handoffs.request("h2") is False


def test_a_turn_follows_up_what_came_too_late_to_steer() -> None:
    """Until it ends; one that did steer has no turn of its own, nor has what goes on as it was."""
    handoffs = Handoffs(steers=True)
    handoffs.request("h1")
    handoffs.taken("h1", "t1")
    for name in ("h2", "h3", "h4"):
        assert handoffs.request(name) is False
    handoffs.taken("h2", "t1")
    assert handoffs.follows_up("t1") is False
    handoffs.answer("t1")
    assert handoffs.complete("t1") == ("h1", True)
    handoffs.taken("h3", "t2")
    handoffs.taken("h4", "t3")
    assert (handoffs.answer("t2"), handoffs.follows_up("t2")) == (None, True)
    assert handoffs.complete("t2") is None
    handoffs.aborted("t3")
    assert [handoffs.follows_up(turn_id) for turn_id in ("t2", "t3")] == [False, False]


def test_what_was_to_steer_an_interrupted_turn_goes_on_with_its_handoff() -> None:
    """The turn that has its text is then the one that the handoff was left to."""
    handoffs = Handoffs(steers=True)
    handoffs.request("h1")
    handoffs.taken("h1", "t1")
    handoffs.request("h2")
    handoffs.aborted("t1")
    handoffs.taken("h2", "t2")
    assert (handoffs.answer("t2"), handoffs.follows_up("t2")) == ("h1", False)


CREATE = "response.create"


class Agent:
    """An owner whose turns are a test's own."""

    def __init__(self) -> None:
        self.progress = Progress()
        self.tasks: list[str] = []

    def emit(self, submission_id: str, msg: EventMsg) -> None:
        self.progress.note()

    def hand_over(self, handoff_id: str, text: str) -> None:
        self.tasks.append(handoff_id)

    def startup_context(self) -> str:
        return ""

    def replaced(self) -> None:
        raise AssertionError("there is one session")


def handed(handoff_id: str) -> Json:
    call = {"type": "function_call", "name": "background_agent", "call_id": handoff_id}
    return {"type": "conversation.item.done", "item": {**call, "arguments": "go"}}


def said(frame: Json) -> str:
    """What a message says, or its type."""
    item = frame.get("item", {})
    return str(item.get("output") or item.get("content", [{}])[0].get("text") or frame["type"])


ADDED: Json = {"type": "conversation.item.added", "item": {}}


async def test_what_comes_too_late_to_steer_is_answered_as_the_agents_own() -> None:
    """Its call has its output by then: the answer has the label, and a response is asked for."""
    socket, agent = FakeSocket(*[[ADDED]] * 9), Agent()
    connector = Connector(http=client(Wire()), open_socket=Opener(socket))
    conversation = Conversation("thread", connector)
    conversation.owner = agent
    words: list[str] = []

    async def until(*expected: str) -> None:
        words.extend(expected)
        await agent.progress.until(lambda: len(socket.sent) > len(words))
        assert [said(frame) for frame in socket.sent[1:]] == words

    await conversation.start("s", RealtimeConversationStart(), make_config())
    socket.arrive(handed("h1"), handed("h2"))
    await until(STEERED, CREATE)
    socket.arrive({"type": "response.done"})
    conversation.taken("h1", "t1")
    conversation.said("t1", "first", None)
    conversation.turn_complete("t1")
    await until(f"[BACKEND] {LABEL}first", COMPLETE, CREATE)
    socket.arrive({"type": "response.done"})
    conversation.taken("h2", "t2")
    conversation.said("t2", "second", None)
    conversation.turn_complete("t2")
    await until(f"[BACKEND] {LABEL}second", CREATE)
    await conversation.close("s")
