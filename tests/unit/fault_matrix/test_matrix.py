"""The fault matrix as data: faults name real controls, verdicts can fail, the page is whole.

Belongs here: what needs no run. `make faults` injects the faults.
Does not: what a fault leads to.
"""

import csv
from dataclasses import replace

from orchestration.expectations.borders import EXPECTATIONS
from tests.fault_matrix import page
from tests.fault_matrix.catalogue import FAULTS
from tests.fault_matrix.fault import Fault
from tests.fault_matrix.trial import Trial
from tests.fault_matrix.verdict import judge
from tests.warehouse import PROJECT, parsed_project

SOUND = {"K1": frozenset({("4000", 100)}), "K2": frozenset({("4000", 200)})}
FAULT = Fault(name="a fault", where="events", caught_by=("exception A",), touches=frozenset({"K1"}))
TRIAL = Trial(
    findings=frozenset({"exception A", "exception B"}),
    held=frozenset({"K1"}),
    books=SOUND,
    sentences=(),
)


def test_a_fault_that_its_control_names_is_caught() -> None:
    verdict = judge(FAULT, TRIAL, SOUND)
    assert verdict.is_caught
    assert verdict.false_holds == ()


def test_a_fault_that_only_others_name_is_not_caught() -> None:
    verdict = judge(FAULT, replace(TRIAL, findings=frozenset({"exception B"})), SOUND)
    assert not verdict.is_caught
    assert verdict.missing == ("exception A",)


def test_what_is_held_beside_the_fault_is_a_false_hold() -> None:
    assert judge(FAULT, replace(TRIAL, held=frozenset({"K1", "K2"})), SOUND).false_holds == ("K2",)


def test_books_that_move_beside_the_fault_are_a_false_hold() -> None:
    moved = SOUND | {"K2": frozenset({("4000", 199)})}
    assert judge(FAULT, replace(TRIAL, books=moved), SOUND).false_holds == ("K2",)
    lost = {"K1": SOUND["K1"]}
    assert judge(FAULT, replace(TRIAL, books=lost), SOUND).false_holds == ("K2",)


def test_every_fault_has_a_name_of_its_own_and_a_control_that_exists() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(names) == len({*names})
    assert len(names) >= 40
    with (PROJECT / "seeds" / "policy" / "exception_codes.csv").open(newline="") as file:
        codes = {f"exception {row['code']}" for row in csv.DictReader(file)}
    tests = {f"test {node.name}" for node in parsed_project().nodes.values()}
    expectations = {f"expectation {each.name}" for each in EXPECTATIONS}
    known = codes | tests | expectations | {"count duplicates"}
    unknown = {
        finding
        for fault in FAULTS
        for finding in fault.caught_by
        if finding not in known and not finding.startswith(("verify ", "refused "))
    }
    assert all(fault.caught_by for fault in FAULTS)
    assert unknown == set()


def test_every_module_of_faults_is_injected_by_a_test_file_of_its_own() -> None:
    root = PROJECT.parent / "tests"
    modules = {path.stem for path in (root / "fault_matrix").glob("in_*.py")}
    tests = (root / "integration" / "fault_matrix").glob("test_faults_in_*.py")
    assert modules == {path.stem.removeprefix("test_faults_") for path in tests}


def test_the_page_leaves_out_dbt_tests_where_none_must_fail() -> None:
    fault = replace(FAULT, caught_by=("verify sums",))
    trial = replace(TRIAL, findings=frozenset({"verify sums", "test grain"}))
    assert page.row(judge(fault, trial, SOUND)).named_by == "`tieout verify`: sums"


def test_the_page_names_what_must_fail_and_that_more_did() -> None:
    fault = replace(FAULT, caught_by=("test sums",))
    trial = replace(TRIAL, findings=frozenset({"test sums", "test grain", "exception A"}))
    said = page.row(judge(fault, trial, SOUND))
    assert said.named_by == "`A`, dbt test `sums`, other dbt tests"
    assert said.codes() == ["A"]


def test_the_page_lists_every_fault_once() -> None:
    assert [row.fault for row in page.rows_written()] == [fault.name for fault in FAULTS]


def test_the_page_is_what_its_faults_and_the_policy_make_it() -> None:
    assert page.PATH.read_text() == page.text(page.rows_written())
