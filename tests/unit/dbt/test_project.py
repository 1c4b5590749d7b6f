"""Promises that hold for every model of the dbt project.

Belongs here: tags, schemas, contracts, owners, descriptions.
Does not: what a single model computes.
"""

import csv
import re

import pytest
from dbt.artifacts.resources.types import NodeType
from dbt.contracts.graph.nodes import ModelNode, SeedNode

from tests.warehouse import PROJECT, parsed_project

REPOSITORY = PROJECT.parent

ENGINE_WORDS = ("exclude (", "union all by name", "asof ", "any_value(", "current_date", "now()")
_QUOTED = re.compile(r"['\"](\w+)['\"]")


@pytest.fixture(scope="module")
def models() -> list[ModelNode]:
    return [node for node in parsed_project().nodes.values() if isinstance(node, ModelNode)]


def _marts(models: list[ModelNode]) -> list[ModelNode]:
    return [model for model in models if model.fqn[1] == "marts"]


def test_every_model_is_built_on_exactly_one_side_of_posting(models: list[ModelNode]) -> None:
    wrong = [m.name for m in models if len({"books", "proof"}.intersection(m.tags)) != 1]
    assert wrong == []


def test_books_read_nothing_that_is_built_after_posting(models: list[ModelNode]) -> None:
    proof = {model.unique_id for model in models if "proof" in model.tags}
    wrong = [
        model.name
        for model in models
        if "books" in model.tags and proof.intersection(model.depends_on.nodes)
    ]
    assert wrong == []


def test_every_data_test_runs_on_one_side_of_posting() -> None:
    """A run builds a tag, and tests what reads nothing but the tag and what it is made from."""
    nodes = parsed_project().nodes
    parents = {name: set(getattr(node, "depends_on_nodes", [])) for name, node in nodes.items()}
    sides: dict[str, list[str]] = {
        name: [] for name, node in nodes.items() if node.resource_type == NodeType.Test
    }
    for tag in ("books", "proof"):
        built = {name for name, node in nodes.items() if tag in node.tags}
        known, waiting = set(built), list(built)
        while waiting:
            new = parents[waiting.pop()] - known
            known |= new
            waiting += new & set(nodes)
        for name, ran in sides.items():
            if parents[name] & built and parents[name] <= known:
                ran.append(tag)
    assert len(sides) > 100
    assert {name: ran for name, ran in sides.items() if len(ran) != 1} == {}


def test_the_schema_of_a_mart_is_its_area(models: list[ModelNode]) -> None:
    wrong = [m.name for m in _marts(models) if m.schema != m.fqn[2]]
    assert wrong == []


def test_every_mart_has_a_contract_an_owner_and_described_columns(
    models: list[ModelNode],
) -> None:
    wrong = [
        model.name
        for model in _marts(models)
        if not model.contract.enforced
        or not model.config.meta.get("owner")
        or not all(column.description for column in model.columns.values())
    ]
    assert wrong == []


def test_every_model_and_seed_has_an_owner() -> None:
    wrong = [
        node.name
        for node in parsed_project().nodes.values()
        if isinstance(node, ModelNode | SeedNode) and not node.config.meta.get("owner")
    ]
    assert wrong == []


def test_every_line_to_post_passes_the_same_controls(models: list[ModelNode]) -> None:
    """Controls meet in one list, and one model of the books alone reads what they hold."""
    names = {model.unique_id: model.name for model in models}
    readers: dict[str, set[str]] = {model.name: set() for model in models}
    for model in models:
        for read in model.depends_on.nodes:
            if read in names and "books" in model.tags:
                readers[names[read]].add(model.name)
    beside = {
        name: heard
        for name, heard in readers.items()
        if name.startswith("ctl_") and not heard <= {"int_control_findings", "control_results"}
    }
    assert beside == {}
    assert all(heard for name, heard in readers.items() if name.startswith("ctl_"))
    assert readers["holds"] == {"int_subledger_lines_held"}


def test_every_model_says_its_grain(models: list[ModelNode]) -> None:
    wrong = [
        model.name
        for model in models
        if "one row"
        not in (model.description if model in _marts(models) else model.raw_code).lower()
    ]
    assert wrong == []


def test_models_have_no_words_of_one_engine(models: list[ModelNode]) -> None:
    wrong = [m.name for m in models if any(word in m.raw_code.lower() for word in ENGINE_WORDS)]
    assert wrong == []


def test_no_account_of_a_company_is_written_in_code() -> None:
    """Accounts stand in the company's folder; in code they are roles."""
    folder = REPOSITORY / "ingestion" / "demo_company"
    with (folder / "book" / "reference" / "accounts.csv").open(encoding="utf-8") as file:
        accounts = {row["account_code"] for row in csv.DictReader(file)}
    code = list(PROJECT.rglob("*.sql"))
    for package in ("core", "ingestion", "posting", "orchestration"):
        code += (REPOSITORY / package).rglob("*.py")
    wrong = [
        path.relative_to(REPOSITORY).as_posix()
        for path in code
        if folder not in path.parents
        and PROJECT / "target" not in path.parents
        and accounts.intersection(_QUOTED.findall(path.read_text(encoding="utf-8")))
    ]
    assert len(accounts) > 10
    assert wrong == []


def test_the_project_reads_no_variables() -> None:
    wrong = [
        node.name
        for node in [*parsed_project().nodes.values(), *parsed_project().macros.values()]
        if node.package_name == "tieout"
        and ("var(" in getattr(node, "raw_code", getattr(node, "macro_sql", "")))
    ]
    assert wrong == []


def test_every_exception_code_has_an_owner_days_and_a_next_step() -> None:
    with (PROJECT / "seeds" / "policy" / "exception_codes.csv").open() as file:
        rows = list(csv.DictReader(file))
    wrong = [
        row["code"]
        for row in rows
        if not row["owner"]
        or not (row["next_step"] or "").endswith(".")
        or not (row["sla_days"] or "").isdecimal()
        or row.get(None)
    ]
    assert rows
    assert wrong == []


def test_the_finance_queue_hears_of_the_business_only() -> None:
    """What fails in the machinery alerts the platform; no exception is made of it."""
    manifest = parsed_project()
    waiting = [node.unique_id for node in manifest.nodes.values() if node.name == "exceptions"]
    upstream: set[str] = set()
    while waiting:
        unique_id = waiting.pop()
        if unique_id in upstream:
            continue
        upstream.add(unique_id)
        if unique_id in manifest.nodes:
            waiting += getattr(manifest.nodes[unique_id].depends_on, "nodes", [])
    heard = {
        (source.source_name, source.name)
        for source in manifest.sources.values()
        if source.unique_id in upstream and source.source_name not in {"raw", "ledger"}
    }
    assert heard <= {
        ("run", "parameters"),
        ("exports", "changes"),
        ("exports", "erp_accounts"),
        ("exports", "erp_balances"),
        ("exports", "erp_documents"),
        ("exports", "erp_periods"),
        ("exports", "exception_observations"),
        ("exports", "outbox_documents"),
        ("exports", "period_decisions"),
    }
    assert ("exports", "outbox_documents") in heard
