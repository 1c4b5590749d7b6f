"""The close gate as an asset check: a checklist in the UI.

Belongs here: the check and its table.
Does not: the checks of the gate (dbt: reconciliation.close_gate), or closing, which a person does.
"""

import dagster as dg

from orchestration import close_gate, warehouse
from orchestration.close_gate import GateCheck
from orchestration.defs.resources import WAREHOUSE_POOL, RunRequest, run_of
from orchestration.workplace import Workplace

STATION = "close_gate"
GATE = dg.AssetKey(["reconciliation", "close_gate"])
CHECK_NAME = "close_gate_lets_months_close"
_MOST_ROWS = 500  # a table in the UI that a person still reads


def checks() -> list[dg.AssetChecksDefinition]:
    """Return the check."""

    @dg.asset_check(
        asset=GATE,
        name=CHECK_NAME,
        pool=WAREHOUSE_POOL,
        description="No blocking check fails for a month that is over and not closed.",
    )
    def close_gate_lets_months_close(
        context: dg.AssetCheckExecutionContext,
        work: dg.ResourceParam[Workplace],
        request: RunRequest,
    ) -> dg.AssetCheckResult:
        run = run_of(context, work, request)
        with run.station(STATION) as station:
            with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
                asked = [each for each in close_gate.read(connection) if each.is_period_over]
            failed = [each for each in asked if each.is_obstacle]
            station.sentence = f"{len(asked)} checks of months that are over, {len(failed)} block"
        return dg.AssetCheckResult(
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            description=station.sentence,
            metadata={
                "checks": len(asked),
                "blocking": len(failed),
                "checklist": dg.MetadataValue.table(
                    records=[_record(each) for each in _worst_first(asked)[:_MOST_ROWS]],
                    schema=_SCHEMA,
                ),
                "next": "tieout close PERIOD --check, then tieout close PERIOD --by NAME",
            },
        )

    return [close_gate_lets_months_close]


_SCHEMA = dg.TableSchema(
    columns=[
        dg.TableColumn("legal_entity", "string", description="Company that books."),
        dg.TableColumn("period", "string", description="Month that is over and open."),
        dg.TableColumn("check", "string", description="Code of the check."),
        dg.TableColumn("verdict", "string", description="ok, blocks, or look at it."),
        dg.TableColumn("sentence", "string", description="What was found, with the number."),
    ]
)


def _worst_first(asked: list[GateCheck]) -> list[GateCheck]:
    return sorted(asked, key=lambda each: (not each.is_obstacle, each.is_passed))


def _record(check: GateCheck) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "legal_entity": check.legal_entity_code,
            "period": check.accounting_period,
            "check": check.check_code,
            "verdict": check.verdict,
            "sentence": check.sentence,
        }
    )
