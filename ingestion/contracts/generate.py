"""JSON Schemas and docs/events.md, written from the event contracts.

Run `python -m ingestion.contracts.generate` after changing a contract; a test finds what drifted.

Belongs here: the text of the schemas and of the page.
Does not: the contracts.
"""

import csv
import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ingestion.contracts.envelope import Envelope
from ingestion.contracts.registry import REGISTRY, ROW_TYPES, versions_of
from ingestion.contracts.upcasters import UPCASTERS
from ingestion.quarantine import Reason

SCHEMA_FOLDER = Path(__file__).parent / "schemas"
EVENTS_PAGE = Path(__file__).parents[2] / "docs" / "events.md"
POLICY_FOLDER = Path(__file__).parents[2] / "dbt_project" / "seeds" / "policy"

_REASONS = {
    Reason.MALFORMED_ROW: "The line, row or file cannot be read, or its envelope is broken.",
    Reason.UNKNOWN_EVENT_TYPE: "We know no business event of this type.",
    Reason.SCHEMA_BREAKING_CHANGE: "Its version is unknown, a column is gone, or a field is not "
    "what the contract says.",
    Reason.PAYLOAD_INCOMPLETE: "A required field is missing.",
    Reason.DUPLICATE_KEY_DIFFERENT_BODY: "The same identity came before and said something else; "
    "the first stands.",
    Reason.AMOUNT_PRECISION: "An amount, quantity or price cannot be held exactly.",
    Reason.USAGE_TOO_OLD: "The usage is older than its source is taken (`retention_months`).",
    Reason.SOURCE_NOT_ALLOWED: "Only people state this, through the source `operator`.",
    Reason.USAGE_CORRECTED_TWICE: "Another correction names the same event; the first stands.",
    Reason.USAGE_CORRECTION_UNCLEAR: "A usage row supersedes and cancels at once, corrects itself, "
    "or closes a circle of corrections.",
}


def schemas() -> dict[str, str]:
    """Return the text of every schema file by its name."""
    models: dict[str, type[BaseModel]] = {"envelope": Envelope}
    models |= {f"{name}.v{version}": model for (name, version), model in REGISTRY.items()}
    return {f"{name}.json": _schema_text(model) for name, model in sorted(models.items())}


def events_page() -> str:
    """Return the text of docs/events.md."""
    parts = [
        "# Canonical events",
        "Written by `python -m ingestion.contracts.generate`; change the contracts, not this page.",
        "Business events arrive as JSON lines (`.jsonl`, gzip too), each a CloudEvents 1.0 "
        "envelope. Usage arrives as rows of CSV, JSON lines or Parquet. Amounts, quantities and "
        "prices are decimal text. Service dates are inclusive. Fields we do not know are kept.",
        "An event's identity is `(source, id)`. The same identity with the same body is a "
        "duplicate and has no effect; with another body it is a conflict: the first stands and "
        "the later one is quarantined. `received_at`, names and e-mails are not part of the body, "
        "nor are the properties of usage, which the formats write differently (3 is text in CSV): "
        "a row sent again with other properties is a duplicate, and the first stands. Correct "
        "properties by a row with its own id that supersedes the first.",
        "## Taxonomy",
        "Every kind of event, what it leads to in the ERP and whose it is "
        "(`dbt_project/seeds/policy/event_taxonomy.csv`). What became of a single event is its "
        "disposition (`reconciliation.event_dispositions`).",
        _policy_table("event_taxonomy", "event_type", "family", "outcome", "owner"),
        "Changes of contracts lead to what their type and timing say (`amendment_outcomes.csv`); "
        "`contracts.amendment_decisions` says for each which rule decided, and from what.",
        _policy_table(
            "amendment_outcomes",
            *("amendment_type", "timing", "outcome", "treatment", "rule_id", "allows_credit"),
        ),
        "## Envelope",
        _fields_table(Envelope),
    ]
    for event_type in dict.fromkeys(name for name, _ in REGISTRY):
        parts += _event_section(event_type)
    parts += [
        "## Why a row is quarantined",
        "| code | meaning |\n|---|---|\n"
        + "\n".join(f"| `{reason}` | {meaning} |" for reason, meaning in _REASONS.items()),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the schemas and the page."""
    SCHEMA_FOLDER.mkdir(exist_ok=True)
    texts = schemas()
    for old in SCHEMA_FOLDER.glob("*.json"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (SCHEMA_FOLDER / name).write_text(text)
    EVENTS_PAGE.write_text(events_page())


def _schema_text(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(), indent=2, sort_keys=True) + "\n"


def _event_section(event_type: str) -> list[str]:
    versions = versions_of(event_type)
    latest = REGISTRY[event_type, versions[-1]]
    parts = [f"## {event_type} (version {versions[-1]})", _summary(latest), _fields_table(latest)]
    if event_type in ROW_TYPES:
        parts.append(
            "Name the columns of your files under `sources.<name>.columns` in `company.yaml`."
        )
    parts += [
        f"Each of `{name}`: {_summary(nested)}\n\n{_fields_table(nested)}"
        for name, nested in _nested(latest).items()
    ]
    for version in versions[:-1]:
        upcaster = UPCASTERS[event_type, version]
        parts += [
            f"### {event_type} version {version}, still read",
            f"{_summary(upcaster)} Its fields:",
            _fields_table(REGISTRY[event_type, version]),
        ]
    return parts


def _nested(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    nested = {}
    for name, field in model.model_fields.items():
        for argument in getattr(field.annotation, "__args__", ()):
            if inspect.isclass(argument) and issubclass(argument, BaseModel):
                nested[name] = argument
    return nested


def _fields_table(model: type[BaseModel]) -> str:
    properties = model.model_json_schema()["properties"]
    rows = [
        f"| `{name}` | {_type_words(properties[name])} | "
        f"{'yes' if field.is_required() else 'no'} | {field.description or ''} |"
        for name, field in model.model_fields.items()
    ]
    return "| field | type | required | meaning |\n|---|---|---|---|\n" + "\n".join(rows)


def _type_words(schema: dict[str, Any]) -> str:
    for key, words in (("const", str), ("enum", " / ".join)):
        if key in schema:
            return words(schema[key])
    if "anyOf" in schema:
        return " / ".join(
            _type_words(option) for option in schema["anyOf"] if option.get("type") != "null"
        )
    if schema.get("type") == "array":
        return "list"
    if "format" in schema:
        return {"date": "date", "date-time": "instant"}[schema["format"]]
    is_decimal = schema.get("pattern", "").startswith("^-?")
    return "decimal text" if is_decimal else {"string": "text"}.get(schema["type"], schema["type"])


def _policy_table(name: str, *columns: str) -> str:
    with (POLICY_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [f"| {' | '.join(row[name] for name in columns)} |" for row in csv.DictReader(file)]
    titles = " | ".join(column.replace("_", " ") for column in columns)
    return "\n".join([f"| {titles} |", "|---" * len(columns) + "|", *rows])


def _summary(documented: Any) -> str:  # noqa: ANN401  # a class or a function
    text = inspect.getdoc(documented) or ""
    return text.replace("\n\n", " ").replace("\n", " ")


if __name__ == "__main__":
    main()
