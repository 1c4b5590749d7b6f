"""Faults in the ERP: what others do to our documents there.

Belongs here: changes past the port, and an ERP that refuses.
Does not: transport faults (tests.integration.posting).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from core.home import Home
from posting.connectors.embedded import store_path
from tests import pipeline
from tests.erp_intruder import Intruder, erp_behind_our_back
from tests.fault_matrix.fault import AFTER, DELIVERING, Case, strikes

_fault = strikes("ERP", when=AFTER)


def _document(case: Case) -> str:
    """Return the key of the first posted document of the invoice I-1."""
    rows = pipeline.query(
        case.home,
        "select document_key from journals.journal_entries "
        "where source_document = 'invoice:I-1' and erp_document_id is not null order by 1",
    )
    return rows[0]["document_key"]


def _tampers(tamper: Callable[[Intruder, str], object]) -> Callable[[Case], object]:
    def inject(case: Case) -> None:
        key = _document(case)
        with erp_behind_our_back(case.home) as intruder:
            tamper(intruder, key)

    return inject


def _administers(statement: str) -> Callable[[Case], object]:
    def inject(case: Case) -> None:
        with (
            closing(sqlite3.connect(store_path(Home(case.home), "main"))) as connection,
            connection,
        ):
            connection.execute(statement)

    return inject


FAULTS = [
    _fault(
        "a posted document is altered",
        _tampers(lambda erp, key: erp.alter(key, by_minor=1)),
        "exception ALTERED_IN_ERP",
        "exception TIE_OUT_BREAK",
        "verify ERP documents against the sealed books",
    ),
    _fault(
        "a posted document is deleted",
        _tampers(lambda erp, key: erp.drop(key)),
        "exception MISSING_IN_ERP",
        "verify ERP documents against the sealed books",
    ),
    _fault(
        "a posted document is there twice",
        _tampers(lambda erp, key: erp.copy(key, as_key=key)),
        "exception DUPLICATE_IN_ERP",
        "verify ERP documents against the sealed books",
    ),
    _fault(
        "somebody enters a document under our key",
        _tampers(lambda erp, key: erp.copy(key, as_key="RSLINVENTED00000")),
        "exception UNKNOWN_IN_ERP",
        "verify ERP documents against the sealed books",
    ),
    _fault(
        "the ERP refuses an account",
        _administers("update accounts set is_active = 0 where account_code = '4100'"),
        "exception POSTING_REJECTED",
        when=DELIVERING,
    ),
    _fault(
        "the ERP closes a period between sealing and delivery",
        _administers("update periods set is_open = 0 where accounting_period = '2026-02'"),
        "exception POSTING_REJECTED",
        when=DELIVERING,
    ),
]
