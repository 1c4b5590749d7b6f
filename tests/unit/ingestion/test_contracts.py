"""Events keep their contract, or are refused with the right reason and a sentence."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ingestion.contracts import generate
from ingestion.contracts.registry import Refusal, latest_data, require_sender, versions_of
from ingestion.contracts.upcasters import UPCASTERS
from tests.company import event, invoice, subscription

PAYMENT = {
    "payment_id": "P1",
    "invoice_id": "INV-1",
    "customer_id": "B1",
    "legal_entity_code": "T-US",
    "currency": "USD",
    "amount": "2400.00",
    "paid_date": "2026-01-20",
}
HOLD = {
    "hold_id": "H1",
    "subject_type": "document",
    "subject_key": "invoice:INV-1",
    "reason": "The customer disputes it.",
    "placed_by": "frida",
}
ACCEPTANCE = {
    "exception_key": "TIE_OUT_BREAK|tie_out_invoices_to_subledger|document|invoice:INV-1",
    "reason": "Written off with the auditor.",
    "accepted_by": "frida",
}
SUBSCRIPTION_V1 = {key: value for key, value in subscription().items() if key != "lines"} | {
    "plan_code": "PLAN",
    "seats": "10",
    "price_per_seat_year": "240.00",
}


def latest(event_type: str, data: dict[str, Any], version: int | None = None) -> dict[str, Any]:
    stated = version or versions_of(event_type)[-1]
    return latest_data(event_type, f"tieout:{event_type}:{stated}", data)[1]


def refused(event_type: str, data: dict[str, Any], version: int | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        latest(event_type, data, version)
    return caught.value


def test_the_schemas_on_disk_are_those_of_the_contracts() -> None:
    on_disk = {path.name: path.read_text() for path in generate.SCHEMA_FOLDER.glob("*.json")}
    assert on_disk == generate.schemas(), "Run: python -m ingestion.contracts.generate"


def test_the_page_about_events_is_that_of_the_contracts() -> None:
    page = Path(generate.EVENTS_PAGE).read_text()
    assert page == generate.events_page(), "Run: python -m ingestion.contracts.generate"


def test_a_valid_event_keeps_its_published_schema() -> None:
    for name, document in (
        ("envelope.json", event("invoice.finalized", invoice())),
        ("invoice.finalized.v1.json", invoice()),
        ("subscription.created.v2.json", subscription()),
        ("subscription.created.v1.json", SUBSCRIPTION_V1),
        ("payment.succeeded.v1.json", PAYMENT),
        ("hold.placed.v1.json", HOLD),
        ("exception.accepted.v1.json", ACCEPTANCE),
    ):
        jsonschema.validate(document, json.loads((generate.SCHEMA_FOLDER / name).read_text()))


def test_every_version_but_the_latest_has_an_upcaster() -> None:
    older = {
        (event_type, version)
        for event_type, _ in UPCASTERS
        for version in versions_of(event_type)[:-1]
    }
    assert set(UPCASTERS) == older


def test_a_subscription_of_version_1_becomes_one_fixed_line() -> None:
    version, data = latest_data(
        "subscription.created", "tieout:subscription.created:1", SUBSCRIPTION_V1
    )
    assert version == 2
    assert data["lines"] == [
        {
            "contract_line_id": "K1-1",
            "product_code": "PLAN",
            "line_kind": "fixed",
            "quantity": "10",
            "unit_price": "240",
            "price_period": "year",
        }
    ]
    assert "seats" not in data


def test_unknown_fields_are_kept() -> None:
    data = latest("payment.succeeded", PAYMENT | {"gateway": {"name": "x", "tries": 2}})
    assert data["gateway"] == {"name": "x", "tries": 2}


def test_the_same_number_written_differently_is_the_same() -> None:
    written = ["2400", "2400.00", "2400.0", " 2400 ", 2400]
    amounts = {
        latest("payment.succeeded", PAYMENT | {"amount": text})["amount"] for text in written
    }
    assert amounts == {"2400"}


def test_codes_survive_another_case() -> None:
    data = latest("payment.succeeded", PAYMENT | {"currency": "usd"})
    assert data["currency"] == "USD"
    lines = [dict(invoice()["lines"][0], line_kind="FIXED")]
    assert latest("invoice.finalized", invoice(lines=lines))["lines"][0]["line_kind"] == "fixed"


def test_an_unknown_currency_is_left_to_a_control() -> None:
    assert latest("payment.succeeded", PAYMENT | {"currency": "XXQ"})["currency"] == "XXQ"


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Refusal, match="no business event of type") as caught:
        latest_data("order.placed", "tieout:order.placed:1", {})
    assert caught.value.reason == "UNKNOWN_EVENT_TYPE"


def test_usage_in_an_event_file_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        latest_data("usage.recorded", "tieout:usage.recorded:1", {})
    assert caught.value.reason == "UNKNOWN_EVENT_TYPE"


@pytest.mark.parametrize(
    "dataschema",
    ["tieout:payment.succeeded:9", "tieout:invoice.finalized:1", "https://example.com/x", "1"],
)
def test_a_version_we_do_not_read_is_a_breaking_change(dataschema: str) -> None:
    with pytest.raises(Refusal, match="is no version of") as caught:
        latest_data("payment.succeeded", dataschema, PAYMENT)
    assert caught.value.reason == "SCHEMA_BREAKING_CHANGE"


def test_a_missing_field_is_named() -> None:
    refusal = refused("payment.succeeded", {k: v for k, v in PAYMENT.items() if k != "amount"})
    assert refusal.reason == "PAYLOAD_INCOMPLETE"
    assert "amount is missing" in refusal.sentence


def test_a_fixed_line_without_a_price_is_incomplete() -> None:
    line = {"contract_line_id": "K1-1", "product_code": "PLAN", "line_kind": "fixed"}
    refusal = refused("subscription.created", subscription(lines=[line]))
    assert refusal.reason == "PAYLOAD_INCOMPLETE"
    assert "fixed line K1-1 has no quantity, unit_price, price_period" in refusal.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "twelve"},
        {"amount": ["12"]},
        {"amount": True},
        {"amount": "NaN"},
        {"currency": "dollars"},
        {"paid_date": "20/01/2026"},
        {"paid_date": 20260120},
        {"invoice_id": {"id": 1}},
    ],
)
def test_another_kind_of_value_is_a_breaking_change(change: dict[str, Any]) -> None:
    refusal = refused("payment.succeeded", PAYMENT | change)
    assert refusal.reason == "SCHEMA_BREAKING_CHANGE"
    assert next(iter(change)) in refusal.sentence


def test_a_term_that_ends_before_it_starts_is_a_breaking_change() -> None:
    refusal = refused("subscription.created", subscription(term_end="2025-12-31"))
    assert refusal.reason == "SCHEMA_BREAKING_CHANGE"
    assert "ends on 2025-12-31, before it starts on 2026-01-01" in refusal.sentence


@pytest.mark.parametrize(
    ("amount", "currency"), [("10.005", "USD"), ("10.5", "JPY"), ("1.2345", "KWD")]
)
def test_more_decimals_than_the_currency_has_are_refused(amount: str, currency: str) -> None:
    refusal = refused("payment.succeeded", PAYMENT | {"amount": amount, "currency": currency})
    assert refusal.reason == "AMOUNT_PRECISION"
    assert f"{amount} {currency} has more than the" in refusal.sentence


def test_quantities_and_prices_must_fit_their_columns() -> None:
    line = subscription()["lines"][0]
    for change in (
        {"quantity": "1.1234567"},
        {"quantity": "1e12"},
        {"unit_price": "0." + "1" * 13},
    ):
        refusal = refused("subscription.created", subscription(lines=[line | change]))
        assert refusal.reason == "AMOUNT_PRECISION"


def _twice(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"lines": document["lines"][:1] * 2}


@pytest.mark.parametrize(
    ("event_type", "data", "sentence"),
    [
        ("subscription.created", _twice(subscription()), "contract line K1-1 is named more than"),
        (
            "subscription.amended",
            _twice(subscription())
            | {"amendment_id": "A", "amendment_type": "upgrade", "timing": "immediate"}
            | {"effective_date": "2026-02-01"},
            "contract line K1-1 is named more than once",
        ),
        ("invoice.finalized", _twice(invoice()), "invoice line INV-1-1 is named more than once"),
        (
            "credit.issued",
            {
                **{name: invoice()[name] for name in ("invoice_id", "customer_id", "currency")},
                "legal_entity_code": "T-US",
                "credit_id": "CR",
                "credit_date": "2026-02-01",
                "total_amount": "2",
                "tax_amount": "0",
                "lines": [
                    {
                        "credit_line_id": "CR-1",
                        "invoice_line_id": "INV-1-1",
                        "basis": "concession",
                        "net_amount": "1",
                        "tax_amount": "0",
                    }
                ]
                * 2,
            },
            "credit line CR-1 is named more than once",
        ),
        ("invoice.finalized", invoice(invoice_date="0026-01-01"), "lies outside 1900-01-01"),
        ("subscription.created", subscription(term_end="9999-12-31"), "lies outside 1900-01-01"),
        (
            "invoice.finalized",
            invoice(lines=[invoice()["lines"][0] | {"service_end": "2025-12-31"}]),
            "ends on 2025-12-31, before it starts on 2026-01-01",
        ),
    ],
)
def test_an_event_nobody_could_book_is_refused_by_name(
    event_type: str, data: dict[str, Any], sentence: str
) -> None:
    refusal = refused(event_type, data)
    assert refusal.reason == "PAYLOAD_INCOMPLETE"
    assert sentence in refusal.sentence


def test_a_price_that_no_sum_could_hold_is_refused() -> None:
    line = subscription()["lines"][0] | {"quantity": "99999999999", "unit_price": "99999999"}
    refusal = refused("subscription.created", subscription(lines=[line]))
    assert refusal.reason == "AMOUNT_PRECISION"
    assert "stays below 1000000000000" in refusal.sentence


@pytest.mark.parametrize("key", ["INV-1", "invoice:", "order:7"])
def test_a_hold_names_the_kind_of_its_document(key: str) -> None:
    assert latest("hold.placed", HOLD)["subject_key"] == "invoice:INV-1"
    refusal = refused("hold.placed", HOLD | {"subject_key": key})
    assert refusal.reason == "PAYLOAD_INCOMPLETE"
    assert f"'{key}' names no document; write one of invoice:, credit:" in refusal.sentence


def test_a_hold_of_a_contract_takes_any_contract_id() -> None:
    held = HOLD | {"subject_type": "Contract", "subject_key": "K:1"}
    assert latest("hold.placed", held)["subject_type"] == "contract"


@pytest.mark.parametrize("field", ["reason", "placed_by", "hold_id"])
def test_a_hold_without_who_why_or_its_name_is_refused(field: str) -> None:
    left = {name: value for name, value in HOLD.items() if name != field}
    assert refused("hold.placed", left).reason == "PAYLOAD_INCOMPLETE"
    assert f"{field} is missing" in refused("hold.placed", left).sentence


@pytest.mark.parametrize("field", ["reason", "accepted_by", "exception_key"])
def test_an_acceptance_without_who_why_or_what_is_refused(field: str) -> None:
    left = {name: value for name, value in ACCEPTANCE.items() if name != field}
    assert refused("exception.accepted", left).reason == "PAYLOAD_INCOMPLETE"


@pytest.mark.parametrize("sources", [("crm", "operator"), ("operator", "billing")])
@pytest.mark.parametrize("event_type", ["hold.placed", "hold.released", "exception.accepted"])
def test_only_the_operator_states_facts_of_people(
    event_type: str, sources: tuple[str, str]
) -> None:
    with pytest.raises(Refusal, match="only people state it") as caught:
        require_sender(event_type, *sources)
    assert caught.value.reason == "SOURCE_NOT_ALLOWED"
    require_sender(event_type, "operator", "operator")
    require_sender("payment.succeeded", *sources)
