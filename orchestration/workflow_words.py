"""Where a change of a contract stands, in words: the same on the command line and in the pack.

Belongs here: one sentence for a row of contracts.workflow_states.
Does not: deciding the state (dbt does).
"""

from typing import Any


def standing(row: dict[str, Any]) -> str:
    """Return the state with its code."""
    state = row["state"].replace("_", " ")
    return f"{state} ({row['state_code']})" if row["state_code"] else state


def next_step(row: dict[str, Any]) -> str:
    """Return the next step and whose it is; nothing when all is done."""
    if not row["next_step"]:
        return ""
    due = ", not due yet" if row["is_not_due"] else ""
    return f"next: {row['next_step']} by {row['next_step_owner']}{due}"
