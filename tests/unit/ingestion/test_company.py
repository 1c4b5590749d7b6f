"""A company folder is read whole, or every mistake in it is listed with its place and cure."""

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from ingestion.company import read_company
from ingestion.mistakes import CompanyError
from ingestion.reference_tables import TABLES
from tests.company import COMPANY_YAML, REFERENCE, write_company


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(CompanyError) as caught:
        read_company(folder)
    return [str(mistake) for mistake in caught.value.mistakes]


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_good_folder_is_read(tmp_path: Path) -> None:
    company = read_company(write_company(tmp_path))
    assert (company.name, company.book, company.is_demo) == ("Test Company", "primary", False)
    assert company.legal_entities[0].time_zone == "America/New_York"
    assert company.erps["main"].period_closes[0].through == "2025-12"
    assert company.sources["metering"].columns["quantity"] == "quantity"
    assert company.tables["approval_limits"][0]["above_amount"] == "1000000.00"


def test_a_limit_may_be_as_large_as_amounts_in_yen_are(tmp_path: Path) -> None:
    folder = write_company(tmp_path)
    file = folder / "company.yaml"
    file.write_text(file.read_text().replace('above: "1000000.00"', 'above: "99999999999"'))

    assert read_company(folder).tables["approval_limits"][0]["above_amount"] == "99999999999"


def test_a_source_owns_files_by_the_last_two_parts_of_their_path(tmp_path: Path) -> None:
    crm = read_company(write_company(tmp_path)).sources["crm"]
    assert crm.owns(PurePosixPath("2026-03-01/crm/a.jsonl"))
    assert crm.owns(PurePosixPath("crm/a.jsonl"))
    assert not crm.owns(PurePosixPath("crm/deeper/a.jsonl"))
    assert not crm.owns(PurePosixPath("a.jsonl"))


def test_a_demonstration_pins_its_arrivals(tmp_path: Path) -> None:
    demo = "demo:\n  arrivals:\n    - {folder: landing/1, at: 2026-03-01T06:00:00Z}\n"
    (tmp_path / "landing" / "1").mkdir(parents=True)
    company = read_company(write_company(tmp_path, company_yaml=demo + COMPANY_YAML))
    assert company.is_demo
    assert company.arrivals[0].at == datetime(2026, 3, 1, 6, tzinfo=UTC)


def test_spreadsheet_dirt_in_reference_files_is_survived(tmp_path: Path) -> None:
    write_company(tmp_path)
    text = REFERENCE["products"].replace("\n", "\r\n").replace("API calls", ' "API, calls" ')
    text = text.replace(' "API, calls" ', '"API, calls "') + "\r\n,,,,\r\n"
    (tmp_path / "reference" / "products.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    rows = read_company(tmp_path).tables["products"]
    assert [row["product_name"] for row in rows] == ["Platform seats", "API, calls"]


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    yaml = COMPANY_YAML.replace("America/New_York", "Mars/Olympus").replace("USD", "DOLLAR")
    write_company(
        tmp_path,
        company_yaml=yaml,
        reference={
            "customers": None,
            "products": REFERENCE["products"].replace("fixed", "solid"),
            "gl_mappings": REFERENCE["gl_mappings"].replace(",2400,", ",2499,"),
        },
    )
    found = mistakes(tmp_path)
    assert len(found) == 5
    text = "\n".join(found)
    zone, currency = line_of(yaml, "time_zone"), line_of(yaml, "functional_currency")
    assert f"company.yaml, line {zone}: 'Mars/Olympus'. Use a zone such as" in text
    assert f"company.yaml, line {currency}: 'DOLLAR'. functional_currency must be an ISO" in text
    assert "reference/customers.csv: The file is missing. Create it with: customer_id," in text
    assert "reference/products.csv, line 2: 'solid'. obligation_kind must be one of: fixed" in text
    assert "reference/gl_mappings.csv, line 3: '2499'. T-US has no such account." in text


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        ("accounts", "asset,true", "asset,yes", "line 2: 'yes'. is_active must be true or false."),
        (
            "accounts",
            "true,2025-01-01",
            "true,1/1/25",
            "line 2: '1/1/25'. valid_from must be a date",
        ),
        ("accounts", "T-US,1200", "T-DE,1200", "line 3: 'T-DE'. No such legal_entity_code"),
        ("accounts", "1200", "1000", "line 3: 'T-US, 1000, 2025-01-01'. The same"),
        ("accounts", "T-US,1000,Cash", "T-US,,Cash", "line 2: account_code is empty. Fill it in."),
        ("accounts", "account_code", "account", "line 1:"),
        ("accounts", "T-US,1000,Cash", "T-US,1000,Cash,x", "line 2:"),
        ("gl_mappings", "cash", "wallet", "account_role must be one of: accounts_receivable"),
        ("gl_mappings", "PLAN", "PLAM", "line 12: 'PLAM'. No such product_code"),
        ("prices", "API,api", "APX,api", "line 2: 'APX'. No such product_code"),
        ("prices", "USD", "usd", "line 2: 'usd'. currency must be an ISO 4217 currency"),
        ("prices", "graduated,,", "package,,", "A package price needs a package_size above 0."),
        ("prices", "graduated,,", "graduated,-1,", "included_quantity must not be negative."),
        ("prices", "api-usd", "api-eur", "line 2: 'api-eur'. The price of 2025-01-01 has no tier."),
        ("price_tiers", "api-usd,1", "api-us,1", "has no such price_id and valid_from"),
        ("price_tiers", "api-usd,2", "api-usd,3", "Number this tier 2: none is left out."),
        ("price_tiers", ",1000,", ",,", "Only the last tier has no bound."),
        ("price_tiers", "2,,", "2,2000,", "The last tier must have no bound."),
        ("price_tiers", ",1000,", ",0,", "up_to_quantity must be more than 0"),
        ("price_tiers", "0.10", "0.1234567890123", "unit_price may have at most 12 decimals."),
        ("price_tiers", "0.10", "$0.10", "unit_price must be a decimal number such as 12.50"),
        ("ssps", "240.00", "240.00 USD", "ssp_amount must be a decimal number"),
        ("tax_codes", "0,none", "-0.1,none", "tax_rate must not be negative."),
        ("fx_rates", "EUR,USD", "USD,USD", "A currency needs no rate to itself."),
        ("fx_rates", "1.10", "0", "A rate must be above 0."),
        ("customers", "active", "asleep", "status must be one of: active, inactive."),
        ("customer_references", "cust-1", "cust-2", "line 2: 'cust-2'. No such customer_id"),
        ("customer_references", "crm", "cmr", "line 2: 'cmr'. No such source in sources."),
        ("systems_of_record", "terms,crm", "terms,cmr", "line 2: 'cmr'. The owner must be one of"),
        ("systems_of_record", "terms,crm", "terms,reference", "The owner must be one of: billing"),
        ("systems_of_record", "terms,crm", "term,crm", "Only 'contract, terms' or 'customer, sta"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(
    tmp_path: Path, table: str, old: str, new: str, expected: str
) -> None:
    text = REFERENCE[table].replace(old, new, 1)
    assert text != REFERENCE[table]
    found = mistakes(write_company(tmp_path, reference={table: text}))
    assert any(f"reference/{table}.csv" in mistake and expected in mistake for mistake in found), (
        found
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("billing,plan-2019,PLANS", "line 2: 'PLANS'. No such product_code in reference/products"),
        ("bill,plan-2019,PLAN", "line 2: 'bill'. No such source in sources."),
        ("billing,plan-2019,PLAN\nbilling,plan-2019,API", "plan-2019"),
    ],
)
def test_a_source_calls_a_product_of_ours_by_one_code(
    tmp_path: Path, row: str, expected: str
) -> None:
    text = f"source,source_product_code,product_code\n{row}\n"
    found = mistakes(write_company(tmp_path, reference={"product_references": text}))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("table", "rows", "expected"),
    [
        ("price_terms", "api-eur,,,,,,2025-01-01", "has no such price_id and valid_from"),
        ("price_terms", "api-usd,divide,1000,0,,,2025-01-01", "needs conversion_rounding as well"),
        ("price_terms", "api-usd,divide,0,0,ceiling,,2025-01-01", "conversion_factor must be abov"),
        ("price_terms", "api-usd,divide,2,7,ceiling,,2025-01-01", "must be at most 6"),
        (
            "price_terms",
            "api-usd,divide,1000000000000,6,ceiling,,2025-01-01",
            "conversion_factor may have at most 12 digits before the point.",
        ),
        ("price_terms", "api-usd,share,2,0,ceiling,,2025-01-01", "must be one of: multiply, div"),
        ("price_terms", "api-usd,,,,,floor,2025-01-01", "Only a package price counts packages"),
        ("price_tier_terms", "api-usd,3,10,,2025-01-01", "has no such price_id, valid_from and ti"),
        ("price_tier_terms", "api-usd,1,10,-1,2025-01-01", "maximum_amount must not be negative."),
        ("price_discounts", "api-eur,1,fixed,5,2025-01-01", "has no such price_id and valid_from"),
        ("price_discounts", "api-usd,0,fixed,5,2025-01-01", "must be 1, 2, 3 ...: the order"),
        ("price_discounts", "api-usd,1,percent,101,2025-01-01", "must be from 0 to 100."),
        ("price_discounts", "api-usd,1,percent,0.0000001,2025-01-01", "at most 6 decimals."),
        ("price_discounts", "api-usd,1,free_units,0.0000001,2025-01-01", "at most 6 decimals."),
    ],
)
def test_terms_of_a_price_are_whole_and_have_a_price(
    tmp_path: Path, table: str, rows: str, expected: str
) -> None:
    text = f"{','.join(TABLES[table].column_names)}\n{rows}\n"
    found = mistakes(write_company(tmp_path, reference={table: text}))
    assert any(f"reference/{table}.csv, line 2" in each and expected in each for each in found), (
        found
    )


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"price_id": "api-eur"}, "has no such price_id and valid_from"),
        ({"rounding_place": "tier"}, "What is rounded there needs rounding_decimals."),
        ({"rounding_decimals": "13"}, "rounding_decimals must be from -6 to 12."),
        ({"window_months": "0", "commitment_amount": "5"}, "window_months must be from 1 to 60."),
        (
            {"window_first_month": "13", "window_months": "1", "spend_cap_amount": "5"},
            "window_first_month must be a month, from 1 to 12.",
        ),
        ({"minimum_amount": "5", "maximum_amount": "4"}, "must not be less than minimum_amount."),
        ({"flat_proration": "days"}, "Only a price of the model flat counts days. Empty it."),
        ({"overage_factor": "1.5"}, "what goes beyond a commitment_amount. Add one or empty it."),
        (
            {"overage_factor": "1.5", "commitment_amount": "5", "limit_proration": "days"},
            "beyond a whole commitment, not its days.",
        ),
        ({"window_months": "12"}, "A window needs a commitment_amount or a spend_cap_amount."),
        (
            {"window_first_month": "1", "commitment_amount": "5"},
            "A window needs window_months as well.",
        ),
    ],
)
def test_terms_of_a_charge_do_not_contradict_themselves(
    tmp_path: Path, terms: dict[str, str], expected: str
) -> None:
    columns = TABLES["price_charge_terms"].column_names
    row = {"price_id": "api-usd", "valid_from": "2025-01-01"} | terms
    text = f"{','.join(columns)}\n{','.join(row.get(name, '') for name in columns)}\n"
    (found,) = mistakes(write_company(tmp_path, reference={"price_charge_terms": text}))
    assert "reference/price_charge_terms.csv, line 2" in found
    assert expected in found


@pytest.mark.parametrize(
    ("valid_from", "is_refused"), [("2025-06-11", True), ("2025-06-01", False)]
)
def test_a_flat_price_begins_to_count_days_with_a_month(
    tmp_path: Path, valid_from: str, is_refused: bool
) -> None:
    versions = ("2025-01-01", valid_from)
    columns = TABLES["price_charge_terms"].column_names
    term = {
        "price_id": "fee",
        "valid_from": valid_from,
        "flat_proration": "days",
        "starts_within_month": "true",
    }
    reference = {
        "prices": REFERENCE["prices"]
        + "".join(f"fee,API,api_calls,USD,flat,,,{day}\n" for day in versions),
        "price_tiers": REFERENCE["price_tiers"]
        + "".join(f"fee,1,,0,12.50,{day}\n" for day in versions),
        "price_charge_terms": f"{','.join(columns)}\n"
        f"{','.join(term.get(name, '') for name in columns)}\n",
    }
    company = write_company(tmp_path, reference=reference)
    if not is_refused:
        read_company(company)
        return
    (found,) = mistakes(company)
    assert "changes on the first day of a month" in found


@pytest.mark.parametrize(
    ("terms", "prices", "expected"),
    [
        ("api-usd,0.3,,,,,2025-01-01", {}, "no such price_id and valid_from of the model percent"),
        ("fee,0.3,,,2,1,2025-01-01", {}, "maximum_amount must not be less than minimum_amount."),
        ("fee,0.3,0,,,,2025-01-01", {}, "Leave free_events empty when nothing is free."),
        ("fee,0.3,,0,,,2025-01-01", {}, "Leave free_amount empty when nothing is free."),
        ("fee,0.3,,,,,2025-01-01", {"meter": "api"}, "Give its meter the aggregation each"),
        ("fee,0.3,,,,,2025-01-01", {"included": "5"}, "A percentage has one tier, without flat"),
        ("fee,0.3,,,,,2025-01-01", {"flat": "5"}, "A percentage has one tier, without flat"),
    ],
)
def test_a_percentage_is_of_each_event_and_says_nothing_of_the_whole(
    tmp_path: Path, terms: str, prices: dict[str, str], expected: str
) -> None:
    meter, included = prices.get("meter", "payments"), prices.get("included", "")
    price = f"fee,{{product}},{meter},USD,percentage,{included},,2025-01-01\n"
    product = REFERENCE["prices"].splitlines()[1].split(",")[1]
    reference = {
        "prices": REFERENCE["prices"].rstrip() + "\n" + price.format(product=product),
        "price_tiers": REFERENCE["price_tiers"].rstrip()
        + f"\nfee,1,,0.029,{prices.get('flat', '')},2025-01-01\n",
        "meters": ",".join(TABLES["meters"].column_names) + "\npayments,,each,,,,,\n",
        "price_event_terms": ",".join(TABLES["price_event_terms"].column_names) + f"\n{terms}\n",
    }
    (found,) = mistakes(write_company(tmp_path, reference=reference))
    assert expected in found


@pytest.mark.parametrize(
    ("said", "table", "expected"),
    [
        ({"meter": "api"}, "prices", "Give its meter, in meters, the group_property that names"),
        ({"aggregation": "each"}, "prices", "an aggregation that measures: sum, max, latest"),
        ({"limits": ["sizes,3,cpu,4"]}, "price_capacity_limits", "has no such tier of the price."),
        ({"limits": ["api-usd,1,cpu,4"]}, "price_capacity_limits", "of the model capacity."),
        ({"limits": ["sizes,2,cpu,3"]}, "price_capacity_limits", "Tier 1 holds at most 4 cpu, and"),
        ({"limits": ["sizes,2,disk,3"]}, "price_capacity_limits", "Tier 1 holds any disk, and"),
        ({"first": []}, "price_tiers", "Tier 1 has no maximum, so no tier after it would apply."),
        ({"tier": "1,,0.5,10"}, "price_tiers", "A tier of a capacity costs its flat_amount."),
        ({"tier": "1,,0,"}, "price_tiers", "A tier of a capacity costs its flat_amount."),
        ({"tier": "1,5,0,10"}, "price_tiers", "maxima are in price_capacity_limits."),
        ({"included": "5"}, "prices", "has no included quantity, conversion, free units"),
        (
            {"model": "prorated_graduated"},
            "prices",
            "Give their meter the aggregation prorated_sum",
        ),
    ],
)
def test_a_capacity_says_what_each_tier_holds(
    tmp_path: Path, said: dict[str, Any], table: str, expected: str
) -> None:
    product = REFERENCE["prices"].splitlines()[1].split(",")[1]
    model, included = said.get("model", "capacity"), said.get("included", "")
    price = f"sizes,{product},{said.get('meter', 'servers')},USD,{model},{included},,2025-01-01"
    tiers = [said.get("tier", "1,,0,10"), "2,,0,20"]
    if model != "capacity":
        tiers = ["1,5,2,", "2,,1,"]
    limits = [*said.get("first", ["sizes,1,cpu,4"]), *said.get("limits", [])]
    reference = {
        "prices": REFERENCE["prices"].rstrip() + f"\n{price}\n",
        "price_tiers": "\n".join(
            [REFERENCE["price_tiers"].rstrip(), *(f"sizes,{tier},2025-01-01" for tier in tiers), ""]
        ),
        "meters": ",".join(TABLES["meters"].column_names)
        + f"\nservers,,{said.get('aggregation', 'max')},,,,,unit\n",
        "price_capacity_limits": "\n".join(
            [
                ",".join(TABLES["price_capacity_limits"].column_names),
                *(f"{limit},2025-01-01" for limit in limits if model == "capacity"),
                "",
            ]
        ),
    }
    (found,) = mistakes(write_company(tmp_path, reference=reference))
    assert f"reference/{table}.csv" in found
    assert expected in found


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        ({"aggregation": "unique_count"}, "Fill unique_property in."),
        ({"unique_property": "user"}, "Only unique counts have a use for unique_property."),
        ({"operation_property": "op"}, "Only unique counts have a use for operation_property."),
        ({"aggregation": "max", "carried_units": "whole"}, "What max would carry is not defined."),
        ({"carried_units": "prorated"}, "sum does not count days."),
        (
            {"aggregation": "weighted_sum", "carried_units": "whole"},
            "weighted_sum always counts the time.",
        ),
        ({"measured_by": "day"}, "are taken by the day or the hour and then added up."),
        (
            {
                "aggregation": "unique_count",
                "unique_property": "user",
                "measured_by": "hour",
                "carried_units": "whole",
            },
            "What is taken by the day or the hour carries nothing.",
        ),
        ({"aggregation": "median"}, "must be one of: sum, each, count"),
        ({"event_meter_code": "large"}, "A meter with conditions takes part of the events of"),
    ],
)
def test_meters_do_not_contradict_themselves(
    tmp_path: Path, meter: dict[str, str], expected: str
) -> None:
    columns = TABLES["meters"].column_names
    rows = [
        {"meter_code": "calls", "aggregation": "sum"} | meter,
        {"meter_code": "large", "aggregation": "sum", "event_meter_code": "files"},
    ]
    lines = [",".join(row.get(name, "") for name in columns) for row in rows]
    conditions = "meter_code,property,value\nlarge,size,large\n"
    found = mistakes(
        write_company(
            tmp_path,
            reference={
                "meters": "\n".join([",".join(columns), *lines, ""]),
                "meter_conditions": conditions,
            },
        )
    )
    assert any("reference/meters.csv, line 2" in each and expected in each for each in found), found


def test_conditions_belong_to_a_meter(tmp_path: Path) -> None:
    conditions = "meter_code,property,value\nhuge,size,large\n"
    (found,) = mistakes(write_company(tmp_path, reference={"meter_conditions": conditions}))
    assert "reference/meter_conditions.csv, line 2" in found
    assert "reference/meters.csv has no such meter_code" in found


def test_a_tier_that_sells_blocks_needs_their_size(tmp_path: Path) -> None:
    prices = REFERENCE["prices"].replace("graduated", "block_graduated")
    terms = "price_id,tier_number,block_size,maximum_amount,valid_from\napi-usd,1,10,,2025-01-01\n"
    found = mistakes(
        write_company(tmp_path, reference={"prices": prices, "price_tier_terms": terms})
    )
    assert len(found) == 1
    assert "reference/price_tiers.csv, line 3" in found[0]
    assert "Tier 2 sells blocks, and needs a block_size above 0" in found[0]


def test_usage_is_taken_thirteen_months_unless_its_source_says_otherwise(tmp_path: Path) -> None:
    source = read_company(write_company(tmp_path / "a")).sources["metering"]
    assert source.retention_months == 13
    text = COMPANY_YAML.replace('files: "usage/*"', 'files: "usage/*", retention_months: "24.0"')
    source = read_company(write_company(tmp_path / "b", company_yaml=text)).sources["metering"]
    assert source.retention_months == 24


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("book: primary", "boook: primary", "'boook'. company.yaml knows only:"),
        ("company: Test Company\n", "", "company is missing. Add it."),
        ("calendar: monthly", "calendar: 4-4-5", "calendar must be one of: monthly."),
        ("erp: main", "erp: second", "'second'. No such ERP under erps."),
        ("connector: embedded", "connector: fax", "connector must be one of: embedded."),
        ("through: 2025-12", "through: 2025-13", "'2025-13' is not a period."),
        ("2026-01-10T00:00:00Z", "soon", "'soon' is not a date and time."),
        ("format: usage", "format: xml", "format must be one of: cloudevents, usage."),
        ('files: "usage/*"', 'files: "usage/*", columns: {idd: x}', "columns knows only: id,"),
        ('files: "usage/*"', 'files: "usage/*", columns: {id: Key, subject: key}', "by case only"),
        ('files: "usage/*"', 'files: "usage/*", retention_months: long', "a decimal number"),
        ('files: "usage/*"', 'files: "usage/*", retention_months: "1.5"', "at most 0 decimals"),
        ('files: "usage/*"', 'files: "usage/*", retention_months: "-1"', "retention_months"),
        ("valid_from: 2025-01-01\nposting", "valid_from: x\nposting", "valid_from must be a date"),
        ('entry_type: "*"\n', "entry_type: billing\n", "posting has no entry for tax. Add one."),
        ("usage_billing_tol", "usage_biling_tol", "policy_code must be one of: usage_billing_tol"),
        ('value: "1"', "value: one", "policy_value must be a decimal number"),
        ('value: "1"', 'value: "0.5"', "policy_value may have at most 0 decimals."),
        ("grain: document", "grain: line", "grain must be one of: document, summary."),
        ('above: "1000000.00"', "above: lots", "above_amount must be a decimal number"),
        ("legal_entity: T-US,", "legal_entity: T-FR,", "'T-FR'. No such legal_entity_code"),
        ("book: primary", "book: primary\nbook: other", "book is written twice. Keep one."),
        ("book: primary", "book: [primary]", "book must be one value, not a list or map."),
        ("  - code: T-US", "  - T-US\n  - code: T-US", "Write this entry as {name: value, ...}."),
        ("erps:\n", "erps: [\n", "This is not YAML"),
        ("book: primary", "book: primary\ndemo: {arrivals: [{folder: landing/x, at: "
         "2026-03-01T06:00:00Z}]}", "'landing/x'. There is no such folder."),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = COMPANY_YAML.replace(old, new, 1)
    assert text != COMPANY_YAML
    found = mistakes(write_company(tmp_path, company_yaml=text))
    assert any(mistake.startswith("company.yaml") and expected in mistake for mistake in found), (
        found
    )


def test_an_empty_folder_lists_what_to_create(tmp_path: Path) -> None:
    found = mistakes(tmp_path)
    assert any("company.yaml: The file is missing." in mistake for mistake in found)
    assert sum("Create it with:" in mistake for mistake in found) == 5


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("accounts", "4100,Usage revenue,", "4100,"),
        ("products", "API,", "API,,"),
        ("prices", "api-usd,", ""),
        ("price_tiers", "api-usd,2,", "2,"),
    ],
)
def test_a_row_that_cannot_be_read_makes_no_mistakes_elsewhere(
    tmp_path: Path, table: str, old: str, new: str
) -> None:
    assert old in REFERENCE[table]
    write_company(tmp_path, reference={table: REFERENCE[table].replace(old, new, 1)})
    [mistake] = mistakes(tmp_path)
    assert f"reference/{table}.csv, line " in mistake


def test_a_misnamed_table_is_told(tmp_path: Path) -> None:
    write_company(tmp_path)
    (tmp_path / "reference" / "price.csv").write_text(REFERENCE["prices"])
    [mistake] = mistakes(tmp_path)
    assert "reference/price.csv: No table has this name. Use one of: accounts," in mistake


def test_a_product_without_a_mapping_is_no_mistake(tmp_path: Path) -> None:
    text = REFERENCE["gl_mappings"].replace("T-US,API,revenue,4100,2025-01-01\n", "")
    assert read_company(write_company(tmp_path, reference={"gl_mappings": text}))


def test_the_error_reads_as_a_list(tmp_path: Path) -> None:
    write_company(tmp_path, reference={"customers": None})
    with pytest.raises(CompanyError, match="has 1 mistake; nothing was read from it") as caught:
        read_company(tmp_path)
    assert len(str(caught.value).splitlines()) == 2
