"""What the commands that write files do once their options are read.

Belongs here: opening the marts, calling the report, saying what was written.
Does not: options and help (cli_reports), or the reports (reports).
"""

from pathlib import Path

from orchestration import publish
from orchestration.commands import print_answer, print_json, settings_of_last_run
from orchestration.reports import mart_files, mart_tables
from orchestration.settings import read_settings
from orchestration.workplace import Workplace


def export(
    company: Path | None,
    home: Path | None,
    name: str,
    out: Path | None,
    kind: str,
    *,
    as_json: bool,
) -> int:
    """Write one mart to a file."""
    settings = read_settings(company=company, home=home)
    with publish.open_marts(settings.home.marts) as connection:
        mart = mart_tables.find(mart_tables.published_marts(connection), name)
        path = out or Path(mart_files.file_name(mart, kind))
        rows = mart_files.write_mart(connection, mart, path, kind)
    if as_json:
        print_json({"mart": mart.address, "file": str(path), "rows": rows})
    else:
        print_answer(f"Wrote {path}: {rows:,} rows of {mart.address}")
    return 0


def export_all(
    company: Path | None, home: Path | None, folder: Path, kind: str, *, as_json: bool
) -> int:
    """Write every mart into a folder."""
    settings = read_settings(company=company, home=home)
    with publish.open_marts(settings.home.marts) as connection:
        rows = {
            mart.address: mart_files.write_mart(
                connection, mart, folder / mart_files.file_name(mart, kind), kind
            )
            for mart in mart_tables.published_marts(connection)
        }
    if as_json:
        print_json({"folder": str(folder), "format": kind, "rows": rows})
    else:
        print_answer(f"Wrote {len(rows)} marts with {sum(rows.values()):,} rows to {folder}")
    return 0


def list_marts(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Name every published mart."""
    settings = read_settings(company=company, home=home)
    with publish.open_marts(settings.home.marts) as connection:
        names = [mart.address for mart in mart_tables.published_marts(connection)]
    if as_json:
        print_json(names)
    else:
        print_answer("\n".join(names))
    return 0


def pack(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Write the close pack of the published marts."""
    from orchestration.reports import close_pack  # noqa: PLC0415

    work = Workplace(settings=settings_of_last_run(company, home))
    publish.open_marts(work.home.marts).close()  # whether there are any is said first
    written = close_pack.write(work.home, work.company.name)
    if as_json:
        print_json({"index": str(written.index), "pages": written.page_count})
    else:
        print_answer(f"Wrote {written.page_count} pages. Open {written.index}")
    return 0


def docs(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Write the documentation of the models."""
    from orchestration.reports import dbt_docs  # noqa: PLC0415

    work = Workplace(settings=read_settings(company=company, home=home))
    page = dbt_docs.write(work)
    if as_json:
        print_json({"page": str(page)})
    else:
        print_answer(f"Wrote {page}")
    return 0
