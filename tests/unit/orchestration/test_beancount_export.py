"""The journals in a format of another program, judged by that program."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.beancount_export import write_beancount

_DOCUMENTS = """
    create table ledger.documents as
    select * from (values
        ('RSLAAAAAAAAAAAAA', 'NW-DE', date '2026-01-31', 'billing', 'USD', 'EUR'),
        ('RSLBBBBBBBBBBBBB', 'NW-DE', date '2026-02-28', 'recognition', 'USD', 'EUR'),
        ('RSLVVVVVVVVVVVVV', 'NW-DE', date '2026-02-28', 'recognition', 'USD', 'EUR')
    ) as t (
        document_key, legal_entity_code, posting_date, entry_type, currency, functional_currency
    )
"""
_LINES = """
    create table ledger.journal_lines as
    select * from (values
        ('RSLAAAAAAAAAAAAA', 1, '1200', '', 'debit', 120000, 110000),
        ('RSLAAAAAAAAAAAAA', 2, '2400', '', 'credit', 120000, 110001),
        ('RSLAAAAAAAAAAAAA', 3, '7000', '', 'debit', 0, 1),
        ('RSLBBBBBBBBBBBBB', 1, '2400', '', 'debit', 10000, 9167),
        ('RSLBBBBBBBBBBBBB', 2, '4000', 'SEATS', 'credit', 10000, 9167),
        ('RSLVVVVVVVVVVVVV', 1, '2400', '', 'debit', 5, 5)
    ) as t (
        document_key, line_number, account_code, dimension_product, side, amount_minor,
        functional_amount_minor
    )
"""
_ACCOUNTS = """
    create table raw.reference_accounts as
    select 'NW-DE' as legal_entity_code, account_code, account_type, '2025-01-01' as valid_from
    from (values
        ('1200', 'asset'), ('2400', 'liability'), ('4000', 'revenue'), ('7000', 'expense')
    ) as t (account_code, account_type)
"""


@pytest.fixture
def sealed() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in (
        "create schema ledger",
        "create schema raw",
        _DOCUMENTS,
        _LINES,
        _ACCOUNTS,
        "create table ledger.voids as select 'RSLVVVVVVVVVVVVV' as document_key",
    ):
        connection.execute(statement)
    return connection


def _bean_check(path: Path) -> int:
    program = Path(sys.executable).with_name("bean-check")
    return subprocess.run([program, path], capture_output=True, check=False).returncode


def test_an_independent_program_agrees(sealed: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "journals.beancount"
    assert write_beancount(sealed, path) == 2  # the voided document never was
    assert _bean_check(path) == 0


def test_it_disagrees_when_one_cent_is_changed(
    sealed: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "journals.beancount"
    write_beancount(sealed, path)
    text = path.read_text()
    path.write_text(text.replace("1200.00 USD", "1200.01 USD", 1))
    assert path.read_text() != text
    assert _bean_check(path) == 1


def test_it_disagrees_when_one_functional_cent_is_missing(
    sealed: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    sealed.execute("delete from ledger.journal_lines where account_code = '7000'")
    path = tmp_path / "journals.beancount"
    write_beancount(sealed, path)
    assert _bean_check(path) == 1


def test_no_journals_are_a_file_too(sealed: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sealed.execute("delete from ledger.documents")
    path = tmp_path / "journals.beancount"
    assert write_beancount(sealed, path) == 0
    assert _bean_check(path) == 0
