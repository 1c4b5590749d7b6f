"""What the measurement of validation is about: every family, judged as the border judges it.

Belongs here: that nothing is left out of it, and that what is refused counts as refused.
Does not: how long anything takes.
"""

from benchmarks.validation import families_of_events, judged, quantiles, samples


def test_every_family_but_usage_is_measured() -> None:
    families = families_of_events()
    seen = {families[event["type"]] for event in samples()}
    assert seen == {*families.values()}


def test_an_event_that_lacks_a_field_is_refused_at_once() -> None:
    [held] = [event for event in samples() if event["type"] == "hold.placed"]
    assert judged(held)[1] is False
    incomplete = {name: text for name, text in held["data"].items() if name != "reason"}
    times, is_refused = judged({**held, "data": incomplete})
    assert is_refused
    assert len(times) == 20


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert quantiles([3000, 1000, 2000, 4000, 100000]) == (3.0, 100.0)
