from hengneng.bench import figures
from hengneng.bench.figures import Result

MACHINE = {"cores": 2}


class TestRatio:
    def test_of_a_speed_is_how_many_times_faster(self):
        assert Result("a", 150.0, "1/s", baseline=100.0).ratio == 1.5

    def test_of_a_wait_is_how_many_times_shorter(self):
        assert Result("a", 100.0, "ms", is_more_better=False, baseline=150.0).ratio == 1.5

    def test_is_none_without_a_baseline(self):
        assert Result("a", 100.0, "ms").ratio is None

    def test_is_none_where_nothing_was_measured(self):
        assert Result("a", 0.0, "ms", is_more_better=False, baseline=1.0).ratio is None


class TestPercentile:
    def test_is_a_value_that_was_measured(self):
        assert figures.percentile(list(range(1, 101)), 0.95) == 95

    def test_of_one_value_is_that_value(self):
        assert figures.percentile([7.0], 0.95) == 7.0


def test_median_of_an_even_number_is_the_mean_of_the_middle_two():
    assert figures.median([4.0, 1.0, 3.0, 2.0]) == 2.5


class TestAsJson:
    def test_has_the_form_that_others_read(self):
        told = figures.as_json(MACHINE, [Result("ingest", 123_456.7, "1/s", baseline=100_000.0)])

        assert told == {
            "machine": MACHINE,
            "results": [
                {
                    "name": "ingest", "value": 123457.0, "unit": "1/s",
                    "baseline": 100000.0, "ratio": 1.235,
                }
            ],
        }  # fmt: skip

    def test_keeps_four_digits_of_small_figures(self):
        told = figures.as_json(MACHINE, [Result("bytes", 10.38461, "bytes")])

        assert told["results"][0]["value"] == 10.38
        assert told["results"][0]["baseline"] is None


def test_a_person_reads_a_table():
    told = figures.as_json(MACHINE, [Result("a", 1500.0, "1/s", baseline=1000.0)])

    assert figures.as_table(told).splitlines() == [
        "cores 2",
        "",
        "              baseline  times better",
        "a  1,500 1/s     1,000           1.5",
    ]
