"""One fault in one copy of the company: what was found, held and moved.

Belongs here: the run around a fault, collecting the findings of every control.
Does not: faults, or what the findings amount to (matrix).
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import TieoutError
from core.home import Home
from ingestion.contracts.registry import REGISTRY
from orchestration import warehouse
from orchestration.dbt_in_process import DbtBuildError
from orchestration.expectations import borders
from orchestration.runs import Run
from orchestration.settings import Settings
from orchestration.verify import verify
from orchestration.workplace import Workplace
from tests import pipeline
from tests.compiled_models import Spoil, compiled_dbt
from tests.fault_matrix.fault import AFTER, BEFORE, DELIVERING, Case, Fault
from tests.fault_matrix.sound_company import (
    FIRST,
    SECOND,
    land_second_arrival,
    write_sound_company,
)

Books = Mapping[str, frozenset[tuple[object, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a fault led to.

    Attributes:
        findings: every control that said something, such as `exception MISSING_FX_RATE`.
        held: subjects that something holds back: contracts, or documents with their contract.
        books: sealed lines by contract; empty when the run was refused.
        sentences: what people were told.
    """

    findings: frozenset[str]
    held: frozenset[str]
    books: Books
    sentences: tuple[str, ...]


def prepare(root: Path) -> Case:
    """Write the company, run its first arrival and land its second."""
    case = Case(company=write_sound_company(root / "company"), home=root / "home")
    pipeline.run_pipeline(case.company, case.home, FIRST, with_tests=False)
    land_second_arrival(case.company)
    return case


def attempt(start: Case, root: Path, fault: Fault) -> Trial:
    """Inject a fault into a copy of a case: one that waits for its second run, or has had it."""
    case = Case(company=root / "company", home=root / "home")
    shutil.copytree(start.company, case.company)
    shutil.copytree(start.home, case.home)
    findings: set[str] = set()
    sentences: list[str] = []
    try:
        if fault.when == AFTER:
            fault.inject(case)
            pipeline.prove_again(case.company, case.home, SECOND)
        else:
            _run(case, fault, findings)
    except DbtBuildError as error:
        findings |= {f"test {name}" for name in _failed_nodes(error)}
        sentences.append(str(error))
    except TieoutError as error:
        findings.add(f"refused {type(error).__name__}")
        sentences.append(str(error))
    _verify(case, findings, sentences)
    if any(finding.startswith(("test ", "refused ")) for finding in findings):
        return Trial(
            findings=frozenset(findings), held=frozenset(), books={}, sentences=tuple(sentences)
        )
    return Trial(
        findings=frozenset(findings | _exceptions(case, sentences) | _duplicates(case)),
        held=_held(case),
        books=_books(case),
        sentences=tuple(sentences),
    )


def _run(case: Case, fault: Fault, findings: set[str]) -> None:
    if fault.when == BEFORE:
        fault.inject(case)
    with pipeline.opened(case.company, case.home, SECOND) as run:
        if fault.spoils:
            _release_code(run, fault.spoils)
        pipeline.ingest(run)
        pipeline.build_books(run)
        findings |= _unmet_expectations(run)
        if any(finding.startswith("expectation ") for finding in findings):
            return
        pipeline.seal(run)
        if fault.when == DELIVERING:
            fault.inject(case)
        pipeline.deliver(run)
        pipeline.prove(run)


def _release_code(run: Run, spoils: Mapping[str, Spoil]) -> None:
    """Have the run work with spoiled models, under a code version of their own."""
    dbt = compiled_dbt()
    dbt.spoiled = spoils
    run.work.dbt = dbt
    vars(run.work.project)["code_version"] = f"spoiled {' '.join(sorted(spoils))}"


def _unmet_expectations(run: Run) -> set[str]:
    names = {each.name for each in borders.EXPECTATIONS}
    with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
        verdicts = borders.validate(connection, names, sorted({name for name, _ in REGISTRY}))
    return {f"expectation {each.expectation.name}" for each in verdicts if not each.is_met}


def _failed_nodes(error: DbtBuildError) -> list[str]:
    lines = [line for line in str(error).splitlines() if line.startswith("  ")]
    return [line.split(":")[0].split(".")[2] for line in lines]


def _verify(case: Case, findings: set[str], sentences: list[str]) -> None:
    settings = Settings(home=Home(case.home.resolve()), company=case.company.resolve())
    try:
        checks = verify(Workplace(settings=settings))
    except TieoutError as error:
        findings.add(f"refused {type(error).__name__}")
        sentences.append(str(error))
        return
    for check in checks:
        if check.problems:
            findings.add(f"verify {check.name}")
            sentences += check.problems


def _exceptions(case: Case, sentences: list[str]) -> set[str]:
    rows = pipeline.query(
        case.home, "select code, sentence from controls.exceptions order by code, sentence"
    )
    sentences += [row["sentence"] for row in rows]
    return {f"exception {row['code']}" for row in rows}


def _duplicates(case: Case) -> set[str]:
    [row] = pipeline.query(
        case.home, "select coalesce(sum(duplicate_count), 0)::bigint as rows from raw.manifest"
    )
    return {"count duplicates"} if row["rows"] else set()


def _held(case: Case) -> frozenset[str]:
    rows = pipeline.query(
        case.home,
        """
        select distinct coalesce(lines.contract_id, holds.subject_key) as subject
        from controls.holds as holds
        left join journals.subledger_lines as lines
            on holds.subject_type = 'document'
            and holds.subject_key = lines.document_type || ':' || lines.document_id
            and lines.contract_id is not null
        """,
    )
    return frozenset(row["subject"] for row in rows)


def _books(case: Case) -> Books:
    rows = pipeline.query(
        case.home,
        """
        select
            coalesce(contract_id, 'no contract') as contract,
            legal_entity_code, transaction_currency, account_code, entry_type, origin_period,
            cast(sum(amount_minor) as bigint) as minor,
            cast(sum(functional_amount_minor) as bigint) as functional_minor
        from ledger.sealed_lines
        group by all
        having minor <> 0 or functional_minor <> 0
        """,
    )
    books: dict[str, set[tuple[object, ...]]] = {}
    for row in rows:
        contract, *line = row.values()
        books.setdefault(contract, set()).add(tuple(line))
    return {contract: frozenset(lines) for contract, lines in books.items()}
