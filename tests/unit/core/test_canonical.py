"""The same value has the same bytes, whoever writes it."""

import hashlib
import re
from pathlib import Path

import pytest

from core.canonical import canonical_json, document_key, file_sha256, sha256_hex


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical_json({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'
    assert canonical_json({"a": ["é", None], "b": 1}) == canonical_json({"b": 1, "a": ["é", None]})


@pytest.mark.parametrize("value", [1.5, {"a": 1.5}, [1.5], {"a": [{"b": (1.5,)}]}])
def test_a_float_never_reaches_a_hash(value: object) -> None:
    with pytest.raises(TypeError, match=r"1\.5 is a float"):
        canonical_json(value)


def test_a_file_hashes_like_its_bytes(tmp_path: Path) -> None:
    content = b"x" * (3 << 20)
    (tmp_path / "file").write_bytes(content)
    assert file_sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()
    assert sha256_hex("é") == sha256_hex("é".encode())


def test_a_document_key_fits_the_narrowest_erp_and_changes_with_the_revision() -> None:
    first, second = document_key("main|primary|T-US", 1), document_key("main|primary|T-US", 2)
    assert re.fullmatch(r"RSL[A-Z2-7]{13}", first)
    assert first != second
    assert first == document_key("main|primary|T-US", 1)
