"""The exception queue: age, owner and history, from rows made up for it.

Belongs here: what the models make of exceptions that are open and of what runs saw before.
Does not: which exceptions there are (each station's own tests), or a real run.
"""

import pytest

from tests.unit.dbt.given import event, run_as_of
from tests.warehouse import Row, Warehouse

MODELS = (
    "stg_run__parameters stg_exports__exception_observations stg_exports__observed_runs"
    " stg_reference__exception_owners stg_events__holds stg_events__exception_acceptances"
    " exceptions int_exceptions_worked_by_hand int_exception_spells exception_history"
)
HISTORY = """
    select subject_key, strftime(opened_at, '%m-%d'), strftime(closed_at, '%m-%d'),
        strftime(last_seen_at, '%m-%d'), resolution, reopened_count, days_open
    from controls.exception_history order by subject_key
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with the seeds, and the tables of models that are not tried here, empty."""
    made = Warehouse(tmp_path_factory.mktemp("exceptions"))
    made.invoke(["seed"])
    made.execute("create schema if not exists intermediate; create schema if not exists journals")
    made.execute(
        "create table intermediate.int_exceptions_unioned (exception_key varchar, origin varchar,"
        " code varchar, subject_type varchar, subject_key varchar, sentence varchar,"
        " owner varchar, next_step varchar, amount_minor bigint, currency varchar,"
        " legal_entity_code varchar, opened_at timestamp)"
    )
    made.execute(
        "create table journals.journal_entries (document_key varchar, approved_by varchar)"
    )
    return made


@pytest.fixture(autouse=True)
def _empty(warehouse: Warehouse) -> None:
    for table in (
        "intermediate.int_exceptions_unioned",
        "journals.journal_entries",
        "exports.exception_observations",
        "exports.observed_runs",
        "exports.changes",
        "raw.events",
        "raw.reference_exception_owners",
    ):
        warehouse.replace(table, [])
    run_as_of(warehouse, "2026-03-20 06:00:00")


def _open(warehouse: Warehouse, *subjects: str, code: str = "PRICE_MISSING", **facts: str) -> None:
    warehouse.insert(
        "intermediate.int_exceptions_unioned",
        [
            {
                "exception_key": f"{code}|PRICE|contract|{subject}",
                "origin": "PRICE",
                "code": code,
                "subject_type": "contract",
                "subject_key": subject,
                "sentence": "It has no price.",
            }
            | facts
            for subject in subjects
        ],
    )


def _seen(number: int, subject: str, day: str, state: str, **facts: str) -> Row:
    code = facts.pop("code", "PRICE_MISSING")
    return {
        "sequence": number,
        "exception_key": f"{code}|PRICE|contract|{subject}",
        "as_of": f"2026-{day} 06:00:00",
        "last_seen_at": f"2026-{day} 06:00:00",
        "state": state,
    } | facts


def test_the_age_counts_from_the_run_that_saw_it_first(warehouse: Warehouse) -> None:
    _open(warehouse, "new", "week", "month", "back")
    warehouse.insert(
        "exports.exception_observations",
        [
            _seen(1, "month", "02-10", "opened"),
            _seen(2, "back", "02-10", "opened"),
            _seen(3, "back", "02-20", "healed", resolution="self_healed"),
            _seen(4, "week", "03-13", "opened"),
            _seen(5, "back", "03-18", "reopened"),
        ],
    )
    warehouse.build(MODELS)
    assert warehouse.rows(
        "select subject_key, age_days, ageing_bucket, sla_days, is_late"
        " from controls.exceptions order by age_days"
    ) == [
        ("new", 0, "0-7 days", 2, False),
        ("back", 2, "0-7 days", 2, False),
        ("week", 7, "0-7 days", 2, True),
        ("month", 38, "31-60 days", 2, True),
    ]


def test_what_a_later_run_saw_is_not_known_at_an_earlier_instant(warehouse: Warehouse) -> None:
    _open(warehouse, "K")
    warehouse.insert("exports.exception_observations", [_seen(1, "K", "03-21", "opened")])
    warehouse.build(MODELS)
    assert warehouse.rows("select age_days from controls.exceptions") == [(0,)]


def test_the_history_says_how_long_and_how_it_went(warehouse: Warehouse) -> None:
    _open(warehouse, "open", "back")
    warehouse.insert(
        "exports.exception_observations",
        [
            _seen(1, "open", "03-01", "opened"),
            _seen(2, "back", "03-01", "opened"),
            _seen(3, "logged", "03-01", "opened"),
            _seen(4, "gone now", "03-05", "opened"),
            _seen(5, "back", "03-06", "healed", resolution="self_healed"),
            _seen(
                6, "logged", "03-06", "healed", resolution="by_hand",
                last_seen_at="2026-03-05 06:00:00",
            ),
            _seen(7, "back", "03-10", "reopened"),
        ],
    )  # fmt: skip
    warehouse.insert("exports.observed_runs", [{"run_id": "r", "as_of": "2026-03-19 06:00:00"}])
    warehouse.build(MODELS)
    assert warehouse.rows(HISTORY) == [
        ("back", "03-10", None, "03-20", None, 1, 15),
        ("gone now", "03-05", "03-20", "03-19", "self_healed", 0, 15),
        ("logged", "03-01", "03-06", "03-05", "by_hand", 0, 5),
        ("open", "03-01", None, "03-20", None, 0, 19),
    ]


def test_what_a_person_decided_went_by_hand(warehouse: Warehouse) -> None:
    warehouse.insert(
        "exports.exception_observations",
        [
            _seen(1, "RSLA", "03-01", "opened", code="POSTING_AWAITS_APPROVAL"),
            _seen(2, "RSLB", "03-01", "opened", code="POSTING_AWAITS_APPROVAL"),
            _seen(3, "K1", "03-01", "opened", code="CHANGE_AWAITS_APPROVAL"),
            _seen(4, "K2", "03-01", "opened", code="CHANGE_AWAITS_APPROVAL"),
            _seen(5, "K1", "03-01", "opened", code="GL_MAPPING_MISSING"),
            _seen(6, "K3", "03-01", "opened", code="HELD_BY_OPERATOR"),
        ],
    )
    warehouse.insert(
        "journals.journal_entries",
        [{"document_key": "RSLA", "approved_by": "maria"}, {"document_key": "RSLB"}],
    )
    warehouse.insert(
        "exports.changes",
        [
            {"subject_key": "K1", "status": "approved"},
            {"subject_key": "K2", "status": "superseded"},
        ],
    )
    hold = {"hold_id": "H", "subject_type": "contract", "subject_key": "K3", "reason": "?"}
    warehouse.insert(
        "raw.events",
        [
            event("hold.placed", "p", source="operator", placed_by="frida", **hold),
            event("hold.released", "r", source="operator", released_by="otto", **hold),
        ],
    )
    warehouse.build(MODELS)
    assert warehouse.rows(
        "select code, subject_key, resolution from controls.exception_history order by all"
    ) == [
        ("CHANGE_AWAITS_APPROVAL", "K1", "by_hand"),
        ("CHANGE_AWAITS_APPROVAL", "K2", "self_healed"),
        ("GL_MAPPING_MISSING", "K1", "self_healed"),
        ("HELD_BY_OPERATOR", "K3", "by_hand"),
        ("POSTING_AWAITS_APPROVAL", "RSLA", "by_hand"),
        ("POSTING_AWAITS_APPROVAL", "RSLB", "self_healed"),
    ]


def test_the_owner_follows_the_closest_rule_of_the_company(warehouse: Warehouse) -> None:
    rules = [
        ("PRICE_MISSING", "UK", "anna"),
        ("PRICE_MISSING", "*", "pricing-desk"),
        ("*", "DE", "berlin"),
    ]
    warehouse.insert(
        "raw.reference_exception_owners",
        [
            {"code": code, "legal_entity_code": entity, "owner": owner, "row_number": number}
            for number, (code, entity, owner) in enumerate(rules, start=1)
        ],
    )
    _open(warehouse, "K1", legal_entity_code="UK")
    _open(warehouse, "K2", legal_entity_code="DE")
    _open(warehouse, "K3")
    _open(warehouse, "K4", code="GL_MAPPING_MISSING", legal_entity_code="DE")
    _open(warehouse, "K5", code="GL_MAPPING_MISSING")
    warehouse.build(MODELS)
    assert warehouse.rows("select subject_key, owner from controls.exceptions order by all") == [
        ("K1", "anna"),
        ("K2", "pricing-desk"),
        ("K3", "pricing-desk"),
        ("K4", "berlin"),
        ("K5", "finance-systems"),
    ]


def _accepted(event_id: str, subject: str, known: str) -> Row:
    return event(
        "exception.accepted", event_id, source="operator", known=known,
        exception_key=f"PRICE_MISSING|PRICE|contract|{subject}",
        reason="Written off.", accepted_by="maria",
    )  # fmt: skip


def test_an_accepted_exception_stays_in_the_queue_and_is_not_late(warehouse: Warehouse) -> None:
    _open(warehouse, "accepted", "back", "open")
    warehouse.insert(
        "exports.exception_observations",
        [
            _seen(1, "accepted", "03-01", "opened"),
            _seen(2, "open", "03-01", "opened"),
            _seen(3, "back", "02-01", "opened"),
            _seen(4, "back", "02-10", "healed", resolution="by_hand"),
            _seen(5, "back", "03-01", "reopened"),
        ],
    )
    warehouse.insert(
        "raw.events",
        [
            _accepted("a", "accepted", "2026-03-02 06:00:00"),
            _accepted("b", "back", "2026-02-02 06:00:00"),
        ],
    )
    warehouse.build(MODELS)
    assert warehouse.rows(
        "select subject_key, status, accepted_by, acceptance_reason, is_late"
        " from controls.exceptions order by all"
    ) == [
        ("accepted", "accepted", "maria", "Written off.", False),
        ("back", "open", None, None, True),
        ("open", "open", None, None, True),
    ]


def test_an_exception_accepted_while_it_was_open_went_by_hand(warehouse: Warehouse) -> None:
    warehouse.insert(
        "exports.exception_observations",
        [
            _seen(1, "in time", "03-01", "opened"),
            _seen(2, "before", "03-01", "opened"),
        ],
    )
    warehouse.insert(
        "raw.events",
        [
            _accepted("a", "in time", "2026-03-02 06:00:00"),
            _accepted("c", "in time", "2026-03-03 06:00:00"),
            _accepted("b", "before", "2026-02-02 06:00:00"),
        ],
    )
    warehouse.build(MODELS)
    assert warehouse.rows(
        "select subject_key, resolution from controls.exception_history order by all"
    ) == [("before", "self_healed"), ("in time", "by_hand")]
