"""A person holds something back and releases it, from the landed file to the ERP.

Belongs here: what a hold does to the books of a contract and of a document, and its release; that
accepting an exception does nothing to them.
Does not: other reasons to hold (test_guards), single models.
"""

from pathlib import Path
from typing import Any

import pytest

from tests import pipeline
from tests.company import event, json_lines, land
from tests.guarded_company import FIRST, SECOND, THIRD, Guarded, write_guarded_company

pytestmark = pytest.mark.slow

REVENUE_OF_K2 = """
    select coalesce(sum(amount_minor), 0)::bigint from ledger.sealed_lines
    where contract_id = 'K2' and account_role = 'revenue'
"""


def _placed(hold_id: str, subject_type: str, subject_key: str, source: str) -> dict[str, Any]:
    data = {
        "hold_id": hold_id,
        "subject_type": subject_type,
        "subject_key": subject_key,
        "reason": "The customer disputes it.",
        "placed_by": "frida",
    }
    return event("hold.placed", data, id=f"placed-{hold_id}", source=source)


def _released(hold_id: str) -> dict[str, Any]:
    data = {"hold_id": hold_id, "reason": "Settled.", "released_by": "otto"}
    return event("hold.released", data, id=f"released-{hold_id}", source="operator")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """Booked once with invoice 3 held from the start; then K2 is held as well."""
    guarded = write_guarded_company(tmp_path_factory.mktemp("held"))
    folder = guarded.company / "company.yaml"
    folder.write_text(
        folder.read_text().replace(
            "sources:\n", 'sources:\n  operator: {format: cloudevents, files: "operator/*"}\n'
        )
    )
    land(
        guarded.company,
        "operator/invoice.jsonl",
        json_lines([_placed("H3", "document", "invoice:INV-3", "operator")]),
    )
    guarded.run(FIRST)
    land(
        guarded.company,
        "operator/contract.jsonl",
        json_lines(
            [
                _placed("H2", "contract", "K2", "operator"),
                _placed("H4", "document", "invoice:INV-33", "operator"),
            ]
        ),
    )
    land(
        guarded.company,
        "crm/not_a_person.jsonl",
        json_lines([_placed("H1", "contract", "K1", "crm")]),
    )
    guarded.run(SECOND)
    return guarded


def test_what_a_person_holds_keeps_what_is_posted_and_shows_what_is_not(held: Guarded) -> None:
    # 2,400.00 a year: 1 January to 9 February stay posted, 10 to 19 February are not.
    assert held.rows(REVENUE_OF_K2) == [(-26301,)]
    unposted = held.rows(
        "select sum(difference_minor)::bigint from journals.subledger_differences "
        "where contract_id = 'K2' and account_role = 'revenue'"
    )
    assert unposted == [(-6576,)]
    assert held.held()["K2"] == {"HELD_BY_OPERATOR"}
    assert held.posted() == held.sealed() != []
    assert held.changes() == {}


def test_a_hold_is_an_exception_with_who_why_and_the_amount(held: Guarded) -> None:
    assert held.rows(
        "select subject_key, sentence, owner, amount_minor from controls.exceptions "
        "where code = 'HELD_BY_OPERATOR' order by all"
    ) == [
        (
            "K2",
            "Contract K2 over 2,400.00 USD is held by frida (H2): The customer disputes it.",
            "finance",
            240_000,
        ),
        (
            "invoice:INV-3",
            "Invoice INV-3 over 2,400.00 USD is held by frida (H3): The customer disputes it.",
            "finance",
            240_000,
        ),
    ]


def test_a_hold_of_something_unknown_is_said_to_hold_nothing(held: Guarded) -> None:
    assert held.rows(
        "select subject_key, sentence from controls.exceptions where code = 'HOLD_SUBJECT_UNKNOWN'"
    ) == [
        (
            "H4",
            "Hold H4 of frida names document invoice:INV-33, which is not known: it holds nothing.",
        )
    ]


def test_a_held_document_is_not_posted(held: Guarded) -> None:
    assert _receivable_of(held, "INV-3") == []
    assert _receivable_of(held, "INV-2") == [(240_000,)]


def test_a_system_cannot_hold_anything(held: Guarded) -> None:
    assert "K1" not in held.held()
    assert held.rows("select source, reason_code, sentence from raw.quarantine") == [
        (
            "crm",
            "SOURCE_NOT_ALLOWED",
            "hold.placed came from 'crm', but only people state it, through the source "
            "'operator'. Land it there if somebody means it.",
        )
    ]


def test_released_holds_post_exactly_what_was_missing(held: Guarded, tmp_path: Path) -> None:
    guarded = held.copy(tmp_path)
    releases = [_released(hold_id) for hold_id in ("H2", "H3", "H4")]
    land(guarded.company, "operator/later.jsonl", json_lines(releases))
    pipeline.run_pipeline(guarded.company, guarded.home, THIRD)

    assert guarded.held() == {"K5": {"GL_MAPPING_MISSING"}}
    assert guarded.changes() == {}
    assert guarded.posted() == guarded.sealed()
    assert guarded.unsealed() == ["K5"]
    # 55 days of 365 through 24 February: the ten days that were held and five more.
    assert guarded.rows(REVENUE_OF_K2) == [(-36164,)]
    assert _receivable_of(guarded, "INV-3") == [(240_000,)]
    assert guarded.rows(
        "select event_id, disposition, reason_code from reconciliation.event_dispositions "
        "where source = 'operator' order by all"
    ) == [
        ("placed-H2", "no_financial_effect", "HOLD_PLACED"),
        ("placed-H3", "no_financial_effect", "HOLD_PLACED"),
        ("placed-H4", "no_financial_effect", "HOLD_PLACED"),
        ("released-H2", "no_financial_effect", "HOLD_RELEASED"),
        ("released-H3", "no_financial_effect", "HOLD_RELEASED"),
        ("released-H4", "no_financial_effect", "HOLD_RELEASED"),
    ]
    assert guarded.rows(
        "select subject_key, strftime(opened_at, '%m-%d'), strftime(closed_at, '%m-%d'), resolution"
        " from controls.exception_history where code = 'HELD_BY_OPERATOR' order by all"
    ) == [
        ("K2", "02-20", "02-25", "by_hand"),
        ("invoice:INV-3", "02-10", "02-25", "by_hand"),
    ]
    assert _links(guarded) == [
        ("placed-H2", "contract", "K2"),
        ("placed-H3", "invoice", "INV-3"),
        ("released-H2", "contract", "K2"),
        ("released-H3", "invoice", "INV-3"),
    ]


def test_an_accepted_exception_is_marked_and_posts_nothing(held: Guarded, tmp_path: Path) -> None:
    guarded = held.copy(tmp_path)
    before = guarded.sealed()
    [(key,)] = guarded.rows(
        "select exception_key from controls.exceptions where code = 'GL_MAPPING_MISSING'"
    )
    data = {"exception_key": key, "reason": "It ends this month.", "accepted_by": "frida"}
    accepted = event("exception.accepted", data, id="accepted-K5", source="operator")
    land(guarded.company, "operator/accepted.jsonl", json_lines([accepted]))
    with guarded.opened(SECOND) as run:  # nothing else has changed since
        pipeline.ingest(run)
        pipeline.build_books(run)
        pipeline.seal(run)
        pipeline.deliver(run)
        pipeline.prove(run)

    assert guarded.sealed() == before
    assert guarded.rows(
        "select status, accepted_by, acceptance_reason from controls.exceptions"
        " where code = 'GL_MAPPING_MISSING'"
    ) == [("accepted", "frida", "It ends this month.")]
    assert guarded.held()["K5"] == {"GL_MAPPING_MISSING"}
    assert guarded.rows(
        "select disposition, reason_code from reconciliation.event_dispositions"
        " where event_id = 'accepted-K5'"
    ) == [("no_financial_effect", "EXCEPTION_ACCEPTED")]
    assert ("accepted-K5", "contract", "K5") in _links(guarded)


def _receivable_of(guarded: Guarded, invoice_id: str) -> list[tuple[Any, ...]]:
    return guarded.rows(
        "select sum(amount_minor)::bigint from ledger.sealed_lines "
        f"where document_id = '{invoice_id}' and account_role = 'accounts_receivable' "
        "group by document_id"
    )


def _links(guarded: Guarded) -> list[tuple[Any, ...]]:
    return guarded.rows(
        "select event_id, to_type, to_key from lineage.links "
        "inner join raw.events on from_type = 'event' and from_key = event_key "
        "where source = 'operator' order by all"
    )
