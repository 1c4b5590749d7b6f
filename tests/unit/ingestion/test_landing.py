"""What an ingest takes in, what it leaves alone, and what it writes down."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.home import Home
from ingestion import manifest, raw_store, reference, staging
from ingestion.manifest import ManifestError
from ingestion.reference_tables import TABLES
from tests.company import (
    COMPANY_YAML,
    REFERENCE,
    event,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)
from tests.unit.ingestion.store import NOW, counts, rows, take_in

CREATED = json_lines([event("subscription.created", subscription())])
_STATED = "manifest_number, source, landed_path, landed_count"
USAGE = usage_csv([("u1", "M1", "2026-01-05T10:00:00Z", "api_calls", 5)])


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return write_company(tmp_path / "c", landing={"1/crm/a.jsonl": CREATED, "1/usage/a.csv": USAGE})


def test_views_exist_before_anything_landed(tmp_path: Path) -> None:
    raw_store.initialise(Home(tmp_path))
    assert manifest.read_head(Home(tmp_path)).number == 0
    for view in ("events", "usage", "manifest", "quarantine", "identities"):
        assert rows(tmp_path, view) == []
    for table in TABLES:
        assert rows(tmp_path, f"reference_{table}") == []


def test_a_second_ingest_finds_nothing_new(company: Path, tmp_path: Path) -> None:
    first = take_in(company, tmp_path / "h")
    second = take_in(company, tmp_path / "h")
    assert first.manifest_number == second.manifest_number == 1
    assert (second.files, second.reference_tables) == ((), ())


def test_a_file_delivered_again_elsewhere_is_counted_once(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    land(company, "2/usage/again.csv", USAGE)
    assert counts(take_in(company, tmp_path / "h")) == (1, 0, 1, 0)
    assert counts(take_in(company, tmp_path / "h")) == (0, 0, 0, 0)
    assert manifest.read_head(Home(tmp_path / "h")).number == 2
    assert len(rows(tmp_path / "h", "usage")) == 1


def test_a_file_that_grew_is_read_again(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    land(company, "1/usage/a.csv", USAGE + "u2,M1,2026-01-06T10:00:00Z,api_calls,6\n")
    assert counts(take_in(company, tmp_path / "h")) == (2, 1, 1, 0)


def test_a_file_nobody_claimed_is_read_once_somebody_does(tmp_path: Path) -> None:
    write_company(tmp_path / "c", landing={"x/late/a.jsonl": CREATED})
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 0, 0, 1)
    claimed = COMPANY_YAML.replace('"crm/*"', '"late/*"')
    (tmp_path / "c" / "company.yaml").write_text(claimed)
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 1, 0, 0)


def test_unfinished_and_hidden_files_are_left_alone(company: Path, tmp_path: Path) -> None:
    land(company, "1/crm/b.jsonl.part", CREATED)
    land(company, "1/crm/.hidden.jsonl", CREATED)
    assert take_in(company, tmp_path / "h").landed == 2


def test_arrivals_of_a_demonstration_are_invisible_before_their_instant(tmp_path: Path) -> None:
    demo = """\
demo:
  arrivals:
    - {folder: landing/1, at: 2026-03-01T06:00:00Z}
    - {folder: landing/2, at: 2026-03-10T06:00:00Z}
"""
    company = write_company(
        tmp_path / "c",
        company_yaml=demo + COMPANY_YAML,
        landing={"1/crm/a.jsonl": CREATED, "2/usage/a.csv": USAGE},
    )
    assert counts(take_in(company, tmp_path / "h", NOW)) == (1, 1, 0, 0)
    later = datetime(2026, 3, 10, 6, tzinfo=UTC)
    assert counts(take_in(company, tmp_path / "h", later)) == (1, 1, 0, 0)


def test_each_view_shows_what_its_head_knew(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    land(company, "2/usage/b.csv", USAGE.replace("u1", "u2"))
    accounts = REFERENCE["accounts"].replace("Cash", "Bank")
    (company / "reference" / "accounts.csv").write_text(accounts)
    take_in(company, tmp_path / "h")

    names = [rows(tmp_path / "h", "reference_accounts", "min(account_name)", n) for n in (0, 1, 2)]
    assert names == [[None], ["Accounts receivable"], ["Accounts receivable"]]
    assert "Cash" in rows(tmp_path / "h", "reference_accounts", "account_name", 1)
    assert "Bank" in rows(tmp_path / "h", "reference_accounts", "account_name", 2)
    assert [len(rows(tmp_path / "h", "usage", "*", n)) for n in (0, 1, 2)] == [0, 1, 2]
    assert len(rows(tmp_path / "h", "manifest", "*", 1)) == 17


def test_only_changed_tables_land_again(company: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    owners = "code,legal_entity_code,owner\n*,*,finance\n"
    (company / "reference" / "exception_owners.csv").write_text(owners)
    fee = "fee,API,payments,USD,percentage,,,2025-01-01"
    sizes = "sizes,API,servers,USD,capacity,,,2025-01-01"
    tiers = "fee,1,,0.029,,2025-01-01\nsizes,1,,0,10,2025-01-01"
    for name, row in {"prices": f"{fee}\n{sizes}", "price_tiers": tiers}.items():
        text = f"{REFERENCE[name].rstrip()}\n{row}\n"
        (company / "reference" / f"{name}.csv").write_text(text)
    for name, term in {
        "price_terms": "api-usd,,,,,,2025-01-01",
        "price_tier_terms": "api-usd,1,,0.5,2025-01-01",
        "product_references": "billing,plan-2019,PLAN",
        "price_charge_terms": "api-usd,,,,,,,,,,,,,,,,2025-01-01",
        "price_discounts": "api-usd,1,percent,10,2025-01-01",
        "price_event_terms": "fee,0.3,,,,,2025-01-01",
        "price_capacity_limits": "sizes,1,cpu,4,2025-01-01",
        "meters": "payments,,each,,,,,\npaid,files,sum,,,,,\nservers,,max,,,,,unit",
        "meter_conditions": "paid,kind,full",
    }.items():
        text = f"{','.join(TABLES[name].column_names)}\n{term}\n"
        (company / "reference" / f"{name}.csv").write_text(text)
    assert set(take_in(company, tmp_path / "h").reference_tables) == set(TABLES)
    before = reference.versions(home, 1)

    lines = REFERENCE["products"].splitlines()
    reordered = "\r\n".join([lines[0], *reversed(lines[1:])])
    (company / "reference" / "products.csv").write_text(reordered)
    assert take_in(company, tmp_path / "h").manifest_number == 1

    text = REFERENCE["products"].replace("API calls", "Calls")
    (company / "reference" / "products.csv").write_text(text)
    assert take_in(company, tmp_path / "h").reference_tables == ("products",)
    after = reference.versions(home, 2)
    assert before.reference_version != after.reference_version
    assert (
        before.policy_version == after.policy_version == reference.versions(home, 1).policy_version
    )
    assert reference.versions(home, 1) == before


def test_a_changed_policy_changes_the_policy_version_alone(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    (company / "company.yaml").write_text(COMPANY_YAML.replace('value: "1"', 'value: "2"'))
    assert take_in(company, tmp_path / "h").reference_tables == ("policies",)
    one, two = (reference.versions(Home(tmp_path / "h"), number) for number in (1, 2))
    assert one.reference_version == two.reference_version
    assert one.policy_version != two.policy_version


def test_empty_cells_land_as_nothing(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    assert rows(tmp_path / "h", "reference_price_tiers", "up_to_quantity, row_number") == [
        ("1000", 1),
        (None, 2),
    ]


def test_every_file_accounts_for_every_row(company: Path, tmp_path: Path) -> None:
    land(company, "1/crm/b.jsonl", CREATED + "{bad\n")
    take_in(company, tmp_path / "h")
    columns = "landed_path, landed_count, accepted_count, duplicate_count, quarantined_count"
    found = [row for row in rows(tmp_path / "h", "manifest", columns) if "landing/" in row[0]]
    assert found == [
        ("landing/1/crm/a.jsonl", 1, 1, 0, 0),
        ("landing/1/crm/b.jsonl", 2, 0, 1, 1),
        ("landing/1/usage/a.csv", 1, 1, 0, 0),
    ]


def test_rows_that_are_not_accounted_for_stop_the_ingest(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose = "create or replace temp view accepted_usage as select * from staged_usage limit 0"
    judge = staging.identities.judge
    monkeypatch.setattr(
        staging.identities,
        "judge",
        lambda connection, home, head: (judge(connection, home, head), connection.execute(lose)),
    )
    with pytest.raises(ManifestError, match=r"a\.csv: 1 rows landed, but 0 accepted"):
        take_in(company, tmp_path / "h")
    assert manifest.read_head(Home(tmp_path / "h")).number == 0
    assert not raw_store.events_path(Home(tmp_path / "h"), 1).exists()


def test_usage_that_is_not_written_stops_the_ingest(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = raw_store.copy_by_day_statement
    monkeypatch.setattr(
        raw_store, "copy_by_day_statement", lambda query, days: whole(f"{query} limit 0", days)
    )
    with pytest.raises(ManifestError, match="0 usage rows were written and 1 accepted"):
        take_in(company, tmp_path / "h")
    assert manifest.read_head(Home(tmp_path / "h")).number == 0


def test_what_a_dead_ingest_left_is_swept(company: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    raw_store.initialise(home)
    orphans = [
        raw_store.events_path(home, 1),
        raw_store.usage_path(home, "2026-05-05", 1),
        raw_store.quarantine_path(home, 1),
        raw_store.subjects_path(home, 7),
        home.raw / "events" / ".000000001.parquet.99.tmp",
        raw_store.work_folder(home) / "spill" / "duckdb_temp_storage.tmp",
        raw_store.work_folder(home) / "days" / "usage_day=2026-05-05" / "data_0.parquet",
    ]
    for orphan in orphans:
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(b"half")
    take_in(company, tmp_path / "h")
    assert not any(path.exists() and path.read_bytes() == b"half" for path in orphans)
    assert manifest.verify(home) == []


def test_the_same_landing_gives_the_same_rows(company: Path, tmp_path: Path) -> None:
    usage = usage_csv(
        (f"u{i}", f"M{i % 7}", f"2026-01-{i % 28 + 1:02d}T10:00:00Z", "api_calls", i)
        for i in range(5000)
    )
    land(company, "1/usage/b.csv", usage)
    heads = [take_in(company, tmp_path / name).manifest_number for name in ("one", "two")]
    assert heads == [1, 1]
    one, two = (sorted(rows(tmp_path / name, "usage", "*")) for name in ("one", "two"))
    assert len(one) == 5000
    assert one == two


INGEST_IN_A_PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from core.home import Home
from ingestion.company import read_company
from ingestion.landing import ingest
now = datetime(2026, 3, 1, 6, tzinfo=UTC)
ingest(read_company(Path(sys.argv[1])), Home(Path(sys.argv[2])), now)
"""


def test_two_ingests_at_once_take_everything_in_once(company: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", INGEST_IN_A_PROCESS, str(company), str(tmp_path / "h")]
    children = [subprocess.Popen(command, cwd=Path(__file__).parents[3]) for _ in range(2)]
    assert [child.wait(120) for child in children] == [0, 0]
    assert manifest.read_head(Home(tmp_path / "h")).number == 1
    assert len(rows(tmp_path / "h", "usage")) == 1


def test_another_ingest_that_commits_first_is_not_overwritten(
    company: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "h")
    raw_store.initialise(home)
    genesis = manifest.read_head(home)
    take_in(company, tmp_path / "h")
    committed = manifest.entry_hash(home, 1)
    with pytest.raises(ManifestError, match="written by another ingest"):
        manifest.commit(home, genesis, NOW, [])
    assert manifest.entry_hash(home, 1) == committed


def test_files_of_the_entry_are_named_with_their_hashes(company: Path, tmp_path: Path) -> None:
    take_in(company, tmp_path / "h")
    files = [
        file for text in rows(tmp_path / "h", "manifest", "files") for file in json.loads(text)
    ]
    on_disk = {
        path.relative_to(tmp_path / "h").as_posix()
        for folder in ("raw", "quarantine")
        for path in (tmp_path / "h" / folder).rglob("000000001.parquet")
        if path.parent.name != "manifest"
    }
    assert {file["path"] for file in files} == on_disk


def _stated(home: Path) -> list[tuple[str, str, int]]:
    found = rows(home, "manifest where entry_kind = 'stated'", _STATED)
    return [row[1:] for row in found]


def test_a_count_beside_a_file_is_a_statement_of_its_source(company: Path, tmp_path: Path) -> None:
    home = tmp_path / "h"
    land(company, "1/usage/a.csv.count", "2\n")
    assert counts(take_in(company, home)) == (2, 2, 0, 0)
    assert _stated(home) == [("metering", "landing/1/usage/a.csv", 2)]
    # Said once, it is known; said anew, it is a statement of its own.
    assert take_in(company, home).manifest_number == 1
    land(company, "1/usage/a.csv.count", "1")
    assert take_in(company, home).manifest_number == 2
    assert [count for *_, count in _stated(home)] == [2, 1]
    assert manifest.verify(Home(home)) == []


def test_a_count_that_is_no_number_is_a_file_nobody_can_read(company: Path, tmp_path: Path) -> None:
    land(company, "1/usage/a.csv.count", "about two")
    take_in(company, tmp_path / "h")
    assert _stated(tmp_path / "h") == []
    assert rows(tmp_path / "h", "quarantine", "reason_code") == ["MALFORMED_ROW"]


def test_a_landing_of_very_many_days_has_one_file_a_day(company: Path, tmp_path: Path) -> None:
    days = [date(2025, 3, 1) + timedelta(days=number) for number in range(300)]
    events = 200_000
    usage = usage_csv(
        (f"u{i}", f"M{i % 7}", f"{days[i * 7919 % 300]}T10:00:00Z", "api_calls", 1)
        for i in range(events)
    )
    land(company, "1/usage/b.csv", usage)
    home = Home(tmp_path / "h")
    take_in(company, home.path)
    files = [path.parent.name for path in (home.raw / "usage").rglob("000000001*.parquet")]
    assert len(files) == len(set(files)) >= len(days)
    assert rows(home.path, "usage", "count(distinct event_id)") == [events]
    assert manifest.verify(home) == []
