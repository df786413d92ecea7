"""No secret is shown or written, and one value has one label."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import Headers, Journal, WaitTimeout, line, of_type
from agent_rehearsal.journal.secrets import SECRET_HEADERS, Secrets, label
from suites.journal.made import back, journal, request, write
from suites.journal.virtual_loop import run

# A mark keeps a secret apart from the words of a report; what follows may be any header value.
SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=8, max_size=90
).map(lambda text: f"~{text}~")
NAMES = st.sampled_from(sorted(SECRET_HEADERS - {b"cookie", b"set-cookie"}))


def shown(log: Journal) -> str:
    """Everything that a reader may see of a journal."""
    texts = [write(log).decode(), log.tail(), *(line(e, log.secrets, start=0) for e in log)]
    texts += [repr(e.raw_headers) + e.raw.decode("utf-8", "replace") for e in back(write(log))]
    with pytest.raises(WaitTimeout) as error:
        run(log.wait_for(of_type("x") & (lambda _: True), timeout=0))
    return "\n".join([*texts, str(error.value)])


@given(NAMES, SECRETS, st.sampled_from(["", "Bearer "]), st.booleans(), st.booleans())
def test_a_header_secret_is_nowhere(
    name: bytes,
    secret: str,
    scheme: str,
    binary: bool,  # noqa: FBT001
    escaped: bool,  # noqa: FBT001
) -> None:
    """Not in the file, a line, a report; not in a body that repeats it, text or binary or JSON."""
    log = journal()
    body = json.dumps({"echo": secret, "deep": {f"x{secret}y": 1}}, ensure_ascii=escaped).encode()
    request(log, body, ((name, f"{scheme}{secret}".encode()),))
    request(log, secret.encode() + (b"\xff" if binary else b""))
    text = shown(log)
    spelled = json.dumps(secret, ensure_ascii=escaped)[1:-1]
    assert secret not in text
    assert spelled not in text
    assert label(secret) in text


def test_a_long_secret_is_hidden_before_it_is_cut() -> None:
    """A folded line holds no half of it, and its label is the same everywhere."""
    secret = "sk-" + "0123456789abcdef" * 10
    log = journal()
    request(log, json.dumps({"say": f"my key is {secret}"}).encode())
    assert "0123" not in log.tail()
    assert label(secret) in log.tail()


def test_a_secret_that_holds_another_is_hidden_whole() -> None:
    """The longer one goes first, in whichever order they came."""
    log = journal()
    for value in (b"swordfish", b"swordfish-and-more"):
        request(log, headers=((b"x-api-key", value),))
    log.secrets.learn(log[0])
    log.secrets.learn(log[1])
    assert log.secrets.text("swordfish-and-more") == label("swordfish-and-more")


@pytest.mark.parametrize(
    ("raw", "headers", "target"),
    [
        (b'{"client_secret": "opensesame1"}', (), "/"),
        (b'{"client_secret": {"expires_at": 1, "value": "opensesame1"}}', (), "/"),
        (b'{"OPENAI_API_KEY": "opensesame1"}', (), "/"),
        (b'{"authorization": "Bearer opensesame1"}', (), "/"),
        (b"", (), "/v1?model=m&api-key=opensesame1"),
        (b"", ((b"Cookie", b"a=b; sid=opensesame1"),), "/"),
        (b"", ((b"Set-Cookie", b"sid=opensesame1; Path=/"),), "/"),
        (
            b"",
            ((b"Sec-WebSocket-Protocol", b"realtime, openai-insecure-api-key.opensesame1"),),
            "/",
        ),
    ],
)
def test_places_of_secrets(raw: bytes, headers: Headers, target: str) -> None:
    """Fields, queries, cookies and subprotocols give secrets away as headers do."""
    log = journal()
    request(log, raw, headers, target)
    request(log, b'{"echo": "opensesame1"}')
    assert "opensesame1" not in shown(log)
    assert label("opensesame1") in shown(log)
    assert "opensesame1" not in repr(log[0])


@pytest.mark.parametrize("value", ["sess_CyDgTest1234567", "task-force-something", "short"])
def test_what_is_no_secret_stays(value: str) -> None:
    """Session ids, words, and what is too short to be looked for."""
    assert Secrets().text(value) == value


def test_a_label_is_not_labelled_again() -> None:
    """A journal that was written with labels is shown with the same ones."""
    log = journal()
    request(log, b'{"k": "swordfish-9"}', ((b"authorization", b"Bearer swordfish-9"),))
    data = write(log)
    assert write(back(data)).split(b"\n")[1:] == data.split(b"\n")[1:]
    assert back(data).tail() == log.tail()
