"""The ERPs of a company: connectors, and the embedded ledger's administrator.

Belongs here: building connectors from the company folder, keeping the embedded ledger's chart and
periods as the folder and the people who close periods say.
Does not: posting (posting.delivery); a real ERP has its own administrator.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from core.home import Home
from core.spans import accounting_period
from ingestion.company import Company, Erp, LegalEntity
from ingestion.company_tables import ReferenceRow
from posting import periods
from posting.connectors.connector import Connector
from posting.connectors.embedded import (
    EmbeddedAdministrator,
    EmbeddedConnector,
    ErpAccount,
    ErpEntity,
    ErpPeriod,
    store_path,
)

_TRUE = "true"


def connectors(company: Company, home: Home) -> Mapping[str, Connector]:
    """Return the connector of every ERP, by its code."""
    return {code: EmbeddedConnector(store_path(home, code)) for code in company.erps}


def administer(company: Company, home: Home, as_of: datetime) -> list[str]:
    """Set up each embedded ledger as the company folder says it stands at an instant.

    Returns:
        Why a period could not be closed, one sentence each; it stays open until the next run.
    """
    refusals = []
    closed = periods.closed(home)
    for code, erp in company.erps.items():
        entities = [entity for entity in company.legal_entities if entity.erp == code]
        refusals += EmbeddedAdministrator(store_path(home, code)).configure(
            entities=[
                ErpEntity(
                    legal_entity_code=entity.code, functional_currency=entity.functional_currency
                )
                for entity in entities
            ],
            accounts=[
                account for entity in entities for account in _accounts(company, entity, as_of)
            ],
            periods=[
                period
                for entity in entities
                for period in _periods(company, erp, entity, as_of, closed)
            ],
        )
    return refusals


def administer_periods(
    company: Company, home: Home, entity: LegalEntity, as_of: datetime
) -> list[str]:
    """Open and close one entity's periods in its embedded ledger, as folder and people say.

    Returns:
        Why a period could not be closed, one sentence each; the next run tries again.
    """
    return EmbeddedAdministrator(store_path(home, entity.erp)).configure(
        periods=list(
            _periods(company, company.erps[entity.erp], entity, as_of, periods.closed(home))
        )
    )


def _accounts(company: Company, entity: LegalEntity, as_of: datetime) -> list[ErpAccount]:
    """Return the entity's chart: of each account, the row valid on the day."""
    day = as_of.astimezone(UTC).date().isoformat()
    valid: dict[str, ReferenceRow] = {}
    for row in sorted(_account_rows(company, entity), key=lambda row: row["valid_from"]):
        if row["valid_from"] <= day:
            valid[row["account_code"]] = row
    return [
        ErpAccount(
            legal_entity_code=entity.code,
            account_code=code,
            account_name=row["account_name"],
            account_type=row["account_type"],
            is_active=row["is_active"].lower() == _TRUE,
        )
        for code, row in sorted(valid.items())
    ]


def _periods(
    company: Company,
    erp: Erp,
    entity: LegalEntity,
    as_of: datetime,
    closed: frozenset[tuple[str, str, str]],
) -> Iterator[ErpPeriod]:
    """Yield every month from the start of the chart to the one after as_of, open or closed.

    Closed is what the folder's administrator closes and what people closed with Tieout.
    """
    closed_through = max(
        (close.through for close in erp.period_closes if close.at <= as_of), default=""
    )
    starts = [row["valid_from"] for row in _account_rows(company, entity)]
    month = date.fromisoformat(min(starts)).replace(day=1) if starts else as_of.date()
    last = _next_month(as_of.astimezone(UTC).date().replace(day=1))
    while month <= last:
        period = accounting_period(month)
        yield ErpPeriod(
            legal_entity_code=entity.code,
            accounting_period=period,
            is_open=period > closed_through and (erp.code, entity.code, period) not in closed,
        )
        month = _next_month(month)


def _account_rows(company: Company, entity: LegalEntity) -> list[ReferenceRow]:
    return [row for row in company.tables["accounts"] if row["legal_entity_code"] == entity.code]


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
