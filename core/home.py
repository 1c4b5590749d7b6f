"""Where everything a run keeps lies on disk.

Belongs here: the names of folders and files under `TIEOUT_HOME`.
Does not: reading the environment (orchestration.settings does) or anything inside the files.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one company's state.

    The control store is the one thing that need not lie in the folder: `control_url` may name any
    database that SQLAlchemy knows.
    """

    path: Path
    control_url: str | None = None

    @property
    def raw(self) -> Path:
        """Canonical events, reference data and the manifest, append-only Parquet."""
        return self.path / "raw"

    @property
    def vault(self) -> Path:
        """Personal fields by subject id."""
        return self.path / "vault"

    @property
    def quarantine(self) -> Path:
        """What was not accepted, with the reason."""
        return self.path / "quarantine"

    @property
    def ledger(self) -> Path:
        """Sealed batches and VOID records, numbered and hash-chained."""
        return self.path / "ledger"

    @property
    def control_db(self) -> Path:
        """Delivery states, approvals, leases and the audit log (SQLite)."""
        return self.path / "control.db"

    @property
    def control_store_url(self) -> str:
        """Where the control store is, as a SQLAlchemy URL."""
        return self.control_url or f"sqlite:///{self.control_db}"

    @property
    def exports(self) -> Path:
        """Facts of the control store and the ERP as Parquet, for the warehouse to read."""
        return self.path / "exports"

    @property
    def erp(self) -> Path:
        """Stores of the embedded ledger, one per ERP."""
        return self.path / "erp"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of all models: a cache."""
        return self.path / "warehouse.duckdb"

    @property
    def scratch_warehouse(self) -> Path:
        """A warehouse for questions about the past and previews; nothing is posted from it."""
        return self.path / "scratch" / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """Published Parquet per mart and the read-only marts files."""
        return self.path / "marts"

    @property
    def messages(self) -> Path:
        """What sources and notifiers were told, one folder of numbered files for each."""
        return self.path / "messages"

    @property
    def site(self) -> Path:
        """Static pages."""
        return self.path / "site"

    @property
    def closed(self) -> Path:
        """The close packs of closed periods, one folder per closing."""
        return self.path / "closed"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.path / "dagster"
