"""The calculation of what the system takes on AWS: writers, limits, and the simulated spike."""

import pytest

from bench import scale, spike
from bench.aws_writer import HANDOVER_S, Writer, order_time
from bench.results import Row, Section, table, values

KNOWN = {
    order_time("write_orders"): 5.0,
    order_time("notify"): 4.0,
    order_time("update_views"): 8.0,
    scale.ORDER_UNITS: 8.0,
    scale.SEARCH_UNITS: 2.0,
}


def test_a_writer_takes_its_next_batch_after_the_handover() -> None:
    assert Writer(5.0).batch_s == pytest.approx(0.050 + HANDOVER_S)
    assert Writer(5.0).per_second == pytest.approx(10 / (0.050 + HANDOVER_S))


def test_a_spike_within_all_limits_leaves_nothing_waiting() -> None:
    assert spike.simulate(2, 200, 250, 300) == spike.Spike(0, 0, 0, 0, 0)


def test_a_spike_over_the_writers_waits_in_the_queue() -> None:
    course = spike.simulate(2, 200, 100, 300)
    assert course.depth == pytest.approx(100 * 600, rel=0.01), "100 a second too many, for 600 s"
    assert course.age_s == pytest.approx(600, rel=0.01), "the last order waits until 60,000 are stored"
    assert course.recovery_s == pytest.approx(60_000 / 98, rel=0.01), "100 are stored and 2 come a second"
    assert (course.door_s, course.stream_s) == (0, 0)


def test_a_spike_over_the_throttle_waits_outside_and_not_in_the_queue() -> None:
    course = spike.simulate(2, 100, 250, 300)
    assert (course.depth, course.age_s, course.stream_s) == (0, 0, 0)
    assert course.door_s == pytest.approx(600, rel=0.01)
    assert course.recovery_s == pytest.approx(60_000 / 98, rel=0.01)


def test_figures_that_follow_slower_than_orders_are_stored_are_late() -> None:
    course = spike.simulate(2, 200, 250, 100)
    assert course.stream_s == pytest.approx(600, rel=0.01)
    assert course.recovery_s == 0, "the queue is empty all the time"


def test_a_usual_rate_over_a_limit_is_refused_instead_of_simulated_for_ever() -> None:
    with pytest.raises(ValueError, match="too many"):
        spike.simulate(100, 100, 250, 300)


@pytest.mark.thorough
def test_the_spike_is_a_row_and_a_table_of_settings() -> None:
    *measured, section = spike.rows(KNOWN)
    assert all(isinstance(row, Row) and row.reference == spike.SPIKE_S for row in measured)
    assert isinstance(section, Section)
    assert len(section.text.splitlines()) == 2 + 6
    *_, slow = spike.rows(KNOWN | {order_time("update_views"): 300.0})
    assert isinstance(slow, Section)
    assert "| 20 → 2,000 | 10,000 | 10 |  |  |  |  | the usual rate is too high |" in slow.text


def test_limits_are_in_orders_a_second_with_the_tightest_first() -> None:
    found = {limit.name: limit.per_second for limit in scale.limits(KNOWN)}
    assert found["Mails to one address"] == 10
    assert found["Orders table, quota: 40,000 units"] == 5_000
    assert found["Search table, 4 shards"] == 2_000
    assert found["`update_views`, 4 shards of the stream"] == 500
    text = scale.with_blocks("<!-- limits -->\nold\n<!-- /limits -->", results())
    lines = text.splitlines()[3:-1]
    assert lines[0].startswith("| Mails to one address | 10 | holds | **full** | **full** |")
    rates = [int(line.split(" | ")[1].replace(",", "")) for line in lines]
    assert rates == sorted(rates)


def test_a_block_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="unknown"):
        scale.with_blocks("<!-- unknown -->\n<!-- /unknown -->", results())


def test_sections_of_the_results_stand_in_the_paper_as_they_are() -> None:
    paper = "a\n<!-- costs -->\nold\n<!-- /costs -->\nb\n<!-- spike -->\n<!-- /spike -->\n"
    expected = (
        "a\n<!-- costs -->\n| cents |\n<!-- /costs -->\nb\n<!-- spike -->\n| depth |\n<!-- /spike -->\n"
    )
    assert scale.with_blocks(paper, results()) == expected


def test_values_are_read_from_a_table_as_they_were_written() -> None:
    text = table(
        [
            Row(name="writer", value=1234.5, unit="ms", reference=1, against="bare", note="warm"),
            Row(name="plain", value=2, unit="", reference=1, against="bare"),
        ]
    )
    section = "| US cents | ours | bare |\n| --- | --- | --- |\n| DynamoDB: writes | 0.9 | 0.1 |\n"
    assert values(text + section) == {"writer": 1234, "plain": 2}


def results() -> str:
    rows = [Row(name=name, value=value, unit="", reference=1, against="") for name, value in KNOWN.items()]
    sections = (
        "## A spike of ten minutes on AWS, simulated\n\n| depth |\n\n## Cost of 1,000 orders\n\n| cents |\n"
    )
    return f"# Results\n\n{table(rows)}\n{sections}"
