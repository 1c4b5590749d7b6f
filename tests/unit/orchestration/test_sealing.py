"""Sealing when another run was first: the difference is computed again, three times at most."""

from collections.abc import Callable

import pytest

from orchestration import sealing
from posting.errors import LedgerMovedError


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(sealing, "rebuild_difference", lambda _: calls.append("rebuild"))
    monkeypatch.setattr(sealing, "_void_changed_rejections", lambda _: False)
    return calls


def _moving(calls: list[str], times: int) -> Callable[[object], str]:
    """Seal in a ledger that other runs move this many times first."""

    def seal_once(_: object) -> str:
        calls.append("seal")
        if calls.count("seal") <= times:
            raise LedgerMovedError("another run sealed first")
        return "sealed"

    return seal_once


def test_a_moved_ledger_is_met_with_a_new_difference(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_seal_once", _moving(calls, 2))
    assert sealing.seal(None) == "sealed"
    assert calls == ["seal", "rebuild", "seal", "rebuild", "seal"]


def test_it_gives_up_after_three_times(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_seal_once", _moving(calls, 9))
    with pytest.raises(LedgerMovedError):
        sealing.seal(None)
    assert calls.count("rebuild") == 3


def test_voided_documents_change_the_difference_before_it_is_sealed(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_void_changed_rejections", lambda _: True)
    monkeypatch.setattr(sealing, "_seal_once", _moving(calls, 0))
    sealing.seal(None)
    assert calls == ["rebuild", "seal"]
