"""`svg`: the same diagram as a file that a browser shows as it is."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.keys import Delay, Schedule
from agent_rehearsal.interleave.story.svg import svg
from agent_rehearsal.interleave.trace import Trace
from suites.interleave.happened import Play, race

NAMESPACE = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "style", "rect", "text", "line", "path", "circle"}


def texts(drawn: str) -> list[str]:
    """What it says, from top to bottom."""
    return [
        "".join(each.itertext()) for each in ElementTree.fromstring(drawn).iter(f"{NAMESPACE}text")
    ]


def test_it_says_what_the_diagram_says() -> None:
    """Legend, times, messages, and what was done to which."""
    trace, key = race(30)
    said = texts(svg(trace, Schedule({key: Delay(0.03, 4)}), title="test_a"))
    assert said[:2] == ["test_a", "c1 = realtime: GET /v1/realtime to 127.0.0.1:8000"]
    held = said.index("sends interrupt")
    assert said[held - 2 : held + 2] == [
        "20.0 ms",
        "c1",
        "sends interrupt",
        "HELD 30 ms and 4 turns of the loop",
    ]
    assert said[said.index("interrupt") + 1] == "+30 ms, released"


def test_it_stands_alone() -> None:
    """No script, nothing to load, no style but its own; a size, and a title to be read out."""
    trace, key = race(30)
    root = ElementTree.fromstring(svg(trace, Schedule({key: Delay(0.03)}), title="a race"))
    assert {each.tag.removeprefix(NAMESPACE) for each in root.iter()} == ALLOWED
    attributes = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert root.findtext(f"{NAMESPACE}title") == "a race"


def test_it_is_drawn_for_light_and_dark_screens() -> None:
    """Every colour of the light screen has its counterpart on the dark one."""
    style = ElementTree.fromstring(svg(Trace(), Schedule())).findtext(f"{NAMESPACE}style") or ""
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    rules = [re.findall(r"([\w., ]+) \{ (?:fill|stroke): #", half) for half in (light, dark)]
    assert rules[0] == rules[1] != []
    assert not set(re.findall(r"#\w+", light)) & set(re.findall(r"#\w+", dark))


def test_everything_is_within_the_picture() -> None:
    """However many rows and connections, nothing is drawn below the edge."""
    play = Play()
    for number in range(1, 12):
        play.opened(f"c{number}", "/rt", at=number)
    root = ElementTree.fromstring(svg(play.trace(), Schedule()))
    height = int(root.attrib["height"])
    assert max(int(each.attrib["y"]) for each in root.iter(f"{NAMESPACE}text")) < height


def test_an_empty_run_is_a_picture() -> None:
    """A run without messages has its two sides and no more."""
    assert texts(svg(Trace(), Schedule())) == ["what happened", "client", "server"]


@given(
    st.text() | st.sampled_from(["<script>", "]]>", "\ud800", "\x00\x1b[1m", "a & b"]), st.text()
)
def test_no_name_breaks_it(title: str, message: str) -> None:
    """Titles and messages of any characters leave it well formed, and are shown, not obeyed."""
    play = Play()
    key = play.sent("c1>", message.encode("utf-8", "surrogatepass"), at=1)
    drawn = svg(play.trace(), Schedule({key: Delay(0.01)}), title=title)
    tags = {each.tag.removeprefix(NAMESPACE) for each in ElementTree.fromstring(drawn).iter()}
    assert tags <= ALLOWED
