"""Lines of arithmetic: worked out exactly, and never called proven when they are not."""

from decimal import Decimal
from fractions import Fraction

import pytest

from orchestration.explain.arithmetic import UnreadableError, evaluate
from orchestration.explain.explanation import (
    UNKNOWN,
    Explanation,
    Onward,
    interim_step,
    money,
    money_step,
    number,
    number_step,
    sum_step,
)
from orchestration.explain.text import lines_of


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("round(36,000.00 x 31 / 365)", Fraction(305753, 100)),
        ("round(0.005)", Fraction(1, 100)),
        ("round(-0.005)", Fraction(-1, 100)),
        ("0.1 + 0.2 - 0.3", Fraction(0)),
        ("2 - 3 x (4 - 6) / 4", Fraction(7, 2)),
        ("-1,000 + (-2.5)", Fraction(-2005, 2)),
        ("max(80 - 100; 0) + min(3; 2; 5)", Fraction(2)),
        ("ceil(362 / 50) + ceil(100 / 50)", Fraction(10)),
        ("12,345,678,901,234.56 x 1", Fraction(1234567890123456, 100)),
    ],
)
def test_arithmetic_is_exact_and_rounds_half_away_from_zero(
    expression: str, value: Fraction
) -> None:
    assert evaluate(expression, 2) == value


@pytest.mark.parametrize(
    "expression",
    ["", "1 +", "(1", "1 2", "1 ** 2", "round(1; 2)", "1,00", "1 / 0", "__import__('os')", "x 2"],
)
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(UnreadableError):
        evaluate(expression, 2)


def test_a_currency_without_decimals_rounds_to_whole_units() -> None:
    step = money_step("share", "round({} x {} / {})", _thirds(money(1000, "JPY")), 333, "JPY")

    assert step.words == "share = round(1,000 x 1 / 3) = 333 JPY"
    assert step.is_proven


def test_a_wrong_figure_is_said_with_both_numbers() -> None:
    step = money_step("share", "round({} x {} / {})", _thirds(money(1000, "USD")), 334, "USD")
    printed = lines_of(Explanation(kind="x", key="x", title="x", steps=(step,)))

    assert not step.is_proven
    assert "      DOES NOT HOLD: it comes to 3.33 USD, stored is 3.34 USD" in printed
    assert "  1 of 1 lines do not come to what is stored" in printed


def test_an_unknown_figure_makes_an_unknown_amount_and_proves_no_known_one() -> None:
    unknown = money_step("charge", "round({})", [("tier", UNKNOWN)], None, "USD")
    claimed = money_step("charge", "round({})", [("tier", UNKNOWN)], 100, "USD")

    assert unknown.is_proven
    assert unknown.result == UNKNOWN
    assert not claimed.is_proven
    assert claimed.computed == UNKNOWN


def test_a_known_expression_does_not_prove_an_unknown_amount() -> None:
    assert not sum_step("total", [("a", 100)], None, "USD").is_proven


def test_sums_carry_their_signs_and_name_their_figures() -> None:
    step = sum_step("left", [("before", -150), ("billing", 400), ("credit", -50)], 200, "USD")

    assert step.expression == "-1.50 + 4.00 - 0.50"
    assert step.operands == (("before", "1.50"), ("billing", "4.00"), ("credit", "0.50"))
    assert step.is_proven


def test_a_line_that_is_not_rounded_keeps_all_its_digits() -> None:
    operands = [("quantity", number(Decimal("0.000001"))), ("price", number(Decimal("1E-12")))]

    step = interim_step("tier 1 costs", "{} x {}", operands, "USD", Decimal("0.000000000000"))

    assert step.result == "0.000000000000000001"
    assert step.is_proven


def test_a_line_that_is_not_rounded_is_held_against_what_is_stored_of_it() -> None:
    step = interim_step("tier 1 costs", "{} x {}", [("q", "3"), ("p", "2")], "USD", Decimal("6.5"))

    assert not step.is_proven
    assert (step.result, step.computed) == ("6.5", "6")


def test_quantities_keep_six_decimals() -> None:
    step = number_step("quantity", "{} + {}", [("a", "0.1"), ("b", "0.2")], Decimal("0.3"), "gb")

    assert step.words == "quantity = 0.1 + 0.2 = 0.3 gb"
    assert step.is_proven


def test_long_lists_are_cut_and_ids_are_quoted_for_the_shell() -> None:
    onward = tuple(Onward(identifier=f"C|{n}", words="a charge") for n in range(12))
    explanation = Explanation(kind="x", key="x", title="x", onward=onward)

    cut, whole = lines_of(explanation), lines_of(explanation, everything=True)

    assert "    tieout explain 'C|0'  a charge" in cut
    assert "    ... and 2 more; --all shows them" in cut
    assert "    tieout explain 'C|11'  a charge" in whole


def _thirds(amount: str) -> list[tuple[str, str]]:
    return [("amount", amount), ("part", "1"), ("of", "3")]
