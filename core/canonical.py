"""Canonical bytes and the hashes made from them.

Belongs here: one way to write a value as bytes, SHA-256 over it, the keys cut from it.
Does not: what goes into a key (each key's owner decides that).
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20
DOCUMENT_KEY_PREFIX = "RSL"
_DOCUMENT_KEY_HASH_LENGTH = 13


def canonical_json(value: Any) -> str:  # noqa: ANN401  # any JSON value is welcome
    """Write a JSON value in its one canonical form: sorted keys, no spaces, UTF-8, no floats."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_hex(value: str | bytes) -> str:
    """Return the SHA-256 of text (as UTF-8) or bytes, as 64 hexadecimal characters."""
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes without reading it into memory at once."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def document_key(identity: str, revision: int) -> str:
    """Return the 16 characters by which every ERP knows a document.

    `RSL` and 13 base32 characters (65 bits) of the hash of identity and revision: short enough
    for the narrowest ERP field.
    """
    digest = hashlib.sha256(f"{identity}|{revision}".encode()).digest()
    return DOCUMENT_KEY_PREFIX + base64.b32encode(digest).decode()[:_DOCUMENT_KEY_HASH_LENGTH]


def _refuse_floats(value: object) -> None:
    """Floats have no canonical text and must never reach a hash."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; write it as decimal text or an integer.")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
