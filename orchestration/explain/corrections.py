"""Which corrected usage events moved a charge.

Belongs here: a sentence for each correction of a charge.
Does not: the arithmetic of the charge (usage).
"""

from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import number

_MOST_CORRECTIONS = 5
_CORRECTIONS = """
    select * from usage.usage_corrections
    where usage_charge_id_before = $1 or usage_charge_id_after = $1
    order by known_at, usage_correction_key
    limit 6
"""


def correction_notes(books: Books, charge_id: str) -> list[str]:
    """Say which events of the charge were corrected; of many, that there are more."""
    corrections = books.ask(_CORRECTIONS, charge_id)
    told = [_said(row) for row in corrections[:_MOST_CORRECTIONS]]
    if len(corrections) > _MOST_CORRECTIONS:
        told.append("More of its events were corrected: usage.usage_corrections lists them.")
    return told


def _said(row: Row) -> str:
    corrected = f"Usage event {row['corrected_event_id']}"
    if row["quantity_before"] is None:
        return f"{corrected}, which has not come, is {row['correction']} by {row['event_id']}."
    return (
        f"{corrected} over {number(row['quantity_before'])} {row['meter_code_before']} was"
        f" {row['correction']} by {row['event_id']}{_after(row)}."
    )


def _after(row: Row) -> str:
    if row["quantity_after"] is None:
        return ""
    after = f" over {number(row['quantity_after'])} {row['meter_code_after']}"
    if row["usage_charge_id_before"] == row["usage_charge_id_after"]:
        return after
    return f"{after}, which is in {row['usage_charge_id_after'] or 'no charge'}"
