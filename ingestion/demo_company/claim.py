"""Whether a folder may be written over.

Belongs here: telling a demonstration from what somebody else wrote.
Does not: writing anything.
"""

from pathlib import Path

import yaml

from core.errors import TieoutError


class FolderTakenError(TieoutError):
    """The folder holds a company that is no demonstration."""


def claim_folder(out: Path) -> None:
    """Make sure that writing a demonstration here replaces nothing but an older demonstration.

    Raises:
        FolderTakenError: the folder holds a company of somebody's own.
    """
    file = out / "company.yaml"
    if not file.exists():
        return
    try:
        company = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        company = None
    if not isinstance(company, dict) or "demo" not in company:
        raise FolderTakenError(
            f"{out} holds a company that is no demonstration; its landing/ and reference/ would be"
            " lost. Name another folder with --out."
        )
