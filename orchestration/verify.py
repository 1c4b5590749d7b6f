"""Proof that nothing was changed behind our back, store by store.

Belongs here: collecting the verdicts of each store; comparing the ERP with the sealed books.
Does not: how a store proves itself (ingestion.manifest, posting.verification).
"""

from dataclasses import dataclass, field

from core.home import Home
from ingestion import manifest
from orchestration import closed_packs
from orchestration.erps import connectors
from orchestration.workplace import Workplace
from posting import audit_log, ledger, outbox, sealed_documents, store, verification
from posting.connectors.connector import Connector, ErpDocumentLine
from posting.journal import JournalDocument, Side
from posting.states import State

_BOOKS = "ledger, outbox and their sums"
_AUDIT = "audit log"
_PACKS = "close packs of closed periods"
_ERP = "ERP documents against the sealed books"
_Line = tuple[int, str, str, str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One store, and what is wrong with it in sentences.

    Attributes:
        name: what was checked.
        problems: what is not as it was sealed.
        not_proven: why nothing could be said, and what to do; None when it was checked.
    """

    name: str
    problems: list[str] = field(default_factory=list)
    not_proven: str | None = None

    @property
    def is_proven(self) -> bool:
        """It was checked, and nothing is wrong."""
        return not self.problems and self.not_proven is None


def verify(work: Workplace) -> list[Check]:
    """Check every store of a home; nothing is written."""
    home = work.home
    ledger.ledger_files(home)  # says so when this is no home
    raw = Check(name="raw files and their manifest", problems=manifest.verify(home))
    control = Check(name="control store", problems=store.verify(home))
    if control.problems:
        chain = Check(name="chain of ledger files", problems=ledger.verify(home))
        unread = "The control store cannot be read, so this was not checked. Restore it first."
        skipped = [Check(name=name, not_proven=unread) for name in (_BOOKS, _AUDIT, _PACKS, _ERP)]
        return [raw, control, chain, *skipped]
    books = Check(name=_BOOKS, problems=verification.verify(home))
    audit = Check(name=_AUDIT, problems=audit_log.verify(home))
    packs = Check(name=_PACKS, problems=closed_packs.verify(home))
    return [raw, control, books, audit, packs, _erp_check(work)]


def _erp_check(work: Workplace) -> Check:
    folder = work.settings.company
    if folder is None or not folder.is_dir():
        why = f"the company folder {folder} is not there" if folder else "no run names the company"
        not_proven = f"The ERP was not compared: {why}. Name the company with --company DIR."
        return Check(name=_ERP, not_proven=not_proven)
    return Check(name=_ERP, problems=_erp_problems(work.home, connectors(work.company, work.home)))


def _erp_problems(home: Home, ports: dict[str, Connector]) -> list[str]:
    """Compare every posted document with what the ERP holds under its key, line by line."""
    contents = sealed_documents.contents(home, range(1, ledger.head_number(home) + 1))
    posted = {each.document_key: each for each in outbox.documents(home, [State.POSTED])}
    known = {each.document_key for each in outbox.documents(home)}
    held: dict[str, dict[str, list[ErpDocumentLine]]] = {}
    for connector in ports.values():
        for entity in connector.legal_entities():
            for line in connector.fetch_documents(entity):
                if line.document_key is not None and line.state == "posted":
                    documents = held.setdefault(line.document_key, {})
                    documents.setdefault(line.erp_document_id, []).append(line)
    problems = []
    for key in sorted(posted):
        if key in contents:
            problems += _document_problems(contents[key], held.get(key, {}))
        else:
            problems.append(f"Document {key} was posted, but no batch of the ledger has sealed it.")
    for key in sorted(held.keys() - known):
        problems.append(f"The ERP holds a document under our key {key} that was never sealed.")
    return problems


def _document_problems(
    document: JournalDocument, held: dict[str, list[ErpDocumentLine]]
) -> list[str]:
    key = document.document_key
    if not held:
        return [f"Document {key} was posted, but the ERP does not hold it any more."]
    if len(held) > 1:
        return [f"Document {key} is in the ERP {len(held)} times: {', '.join(sorted(held))}."]
    [(erp_document_id, lines)] = held.items()
    if _sealed_lines(document) == _erp_lines(lines):
        return []
    return [
        f"Document {key} reads otherwise in the ERP ({erp_document_id}) than it was sealed: "
        "amounts, accounts or dates were changed there."
    ]


def _sealed_lines(document: JournalDocument) -> list[_Line]:
    return sorted(
        (
            line.line_number,
            document.posting_date.isoformat(),
            line.account_code,
            line.dimension_product or "",
            Side(line.side).value,
            line.amount_minor,
            line.functional_amount_minor,
        )
        for line in document.lines
    )


def _erp_lines(lines: list[ErpDocumentLine]) -> list[_Line]:
    return sorted(
        (
            line.line_number,
            line.posting_date.isoformat(),
            line.account_code,
            line.dimension_product or "",
            line.side,
            line.amount_minor,
            line.functional_amount_minor,
        )
        for line in lines
    )
