import os

from hengneng.bench import costs, machines
from hengneng.bench.costs import Cost, Meter


def test_a_part_is_told_by_the_message():
    cost = Cost({"web": 0.5, "load": 0.1}, messages=1000)

    assert cost.micros("web") == 500
    assert cost.micros("recompute") == 0


def test_results_name_each_part_and_the_whole_of_both():
    product = [Cost({"web": web, "postgres": 0.1, "load": 0.1}, 1000) for web in (0.2, 0.3, 0.9)]
    baseline = [Cost({"web": 0.6, "load": 0.1}, 1000)]

    found = {one.name: one for one in costs.results(product, baseline)}

    assert (found["ingest_cpu_us_web"].value, found["ingest_cpu_us_web"].baseline) == (300, 600)
    assert found["ingest_cpu_us_recompute"].baseline is None
    assert (found["ingest_cpu_us"].value, found["ingest_cpu_us"].ratio) == (500, 700 / 500)


def test_a_meter_counts_from_when_it_was_made():
    pids = {"web": [os.getpid()], "baseline": []}
    meter = Meter(pids, is_baseline=False)
    before = machines.cpu_seconds([os.getpid()])
    while machines.cpu_seconds([os.getpid()]) - before < 0.05:
        pass

    cost = meter.cost(load_s=0.25, messages=1)

    assert 0.05 <= cost.seconds["web"] < 5
    assert (cost.seconds["recompute"], cost.seconds["load"]) == (0, 0.25)
    assert set(Meter(pids, is_baseline=True).cost(load_s=0, messages=1).seconds) == {
        "web", "postgres", "load",
    }  # fmt: skip
