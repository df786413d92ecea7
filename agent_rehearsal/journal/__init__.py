"""One log over all transports, the predicates that ask it, and the waits that watch it.

Start with `Journal`; `carries`, `of_type`, `like` and `on` are the questions asked most.
"""

from agent_rehearsal.journal.batch import (
    FRAMES_IN,
    FRAMES_OUT,
    HEAD,
    Ahead,
    Joined,
    Pieces,
    apart,
)
from agent_rehearsal.journal.decoding import Undecodable
from agent_rehearsal.journal.entry import Connection, Direction, Entry, Headers, Kind, Source
from agent_rehearsal.journal.file import JournalFile, JournalFileError, read
from agent_rehearsal.journal.journal import DEFAULT_TIMEOUT, Journal
from agent_rehearsal.journal.order import assert_partial_order, assert_unordered, before
from agent_rehearsal.journal.predicates import (
    Clause,
    Leaf,
    Predicate,
    PredicateError,
    as_predicate,
)
from agent_rehearsal.journal.questions import (
    carries,
    direction,
    head,
    header,
    kind,
    like,
    of_type,
    on,
    path,
    source,
)
from agent_rehearsal.journal.report import WaitTimeout
from agent_rehearsal.journal.secrets import Secrets
from agent_rehearsal.journal.summary import line

__all__ = [
    "DEFAULT_TIMEOUT",
    "FRAMES_IN",
    "FRAMES_OUT",
    "HEAD",
    "Ahead",
    "Clause",
    "Connection",
    "Direction",
    "Entry",
    "Headers",
    "Joined",
    "Journal",
    "JournalFile",
    "JournalFileError",
    "Kind",
    "Leaf",
    "Pieces",
    "Predicate",
    "PredicateError",
    "Secrets",
    "Source",
    "Undecodable",
    "WaitTimeout",
    "apart",
    "as_predicate",
    "assert_partial_order",
    "assert_unordered",
    "before",
    "carries",
    "direction",
    "head",
    "header",
    "kind",
    "like",
    "line",
    "of_type",
    "on",
    "path",
    "read",
    "source",
]
