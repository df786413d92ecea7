"""`docs/clients.md` says what the tests of clients claim; `make interop` proves and writes it."""

import pytest

from suites.interop.table import FILE, Proof, claims, parse, render, rows


def proofs() -> list[Proof]:
    """Proofs of all claims, a version for each client."""
    return [
        Proof(client=client, version=f"{place:02}", what=each)
        for place, (client, works) in enumerate(claims())
        for each in works
    ]


def test_the_committed_table_agrees_with_the_claims() -> None:
    """Every client that is asked stands in the file with all that it is claimed to do; no other."""
    committed = parse(FILE.read_text("utf-8"))
    assert [(row.client, row.works) for row in committed] == claims()
    assert all(row.version for row in committed)


def test_the_committed_file_is_what_would_be_written() -> None:
    """Beside the versions, nothing in the file was written by hand."""
    text = FILE.read_text("utf-8")
    assert render(parse(text)) == text


def test_a_run_that_proves_all_makes_the_table() -> None:
    """Two versions of one client are two rows, each with its own version."""
    table = rows(reversed(proofs()))
    assert [(row.client, row.works) for row in table] == claims()
    assert [row.version for row in table] == [f"{place:02}" for place in range(len(table))]


@pytest.mark.parametrize("place", [0, len(claims()) - 1])
def test_what_is_not_proven_is_not_written(place: int) -> None:
    """A claim without a proof is named with its client."""
    client, works = claims()[place]
    missing = Proof(client=client, version=f"{place:02}", what=works[-1])
    with pytest.raises(ValueError, match=f"{client} {missing.version}: not proven: {works[-1]}"):
        rows(proof for proof in proofs() if proof != missing)
