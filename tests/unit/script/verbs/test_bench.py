import argparse

import pytest

from hengneng.script.verbs import bench


def options(*words):
    parser = argparse.ArgumentParser()
    bench.arguments(parser)
    return parser.parse_args(words)


def test_alone_lists_what_can_be_measured(capsys):
    assert bench.run(options()) == 0

    assert capsys.readouterr().out == (
        "  backfill   a week of a whole city to final day totals, beside rows added up\n"
        "  gateway    what a gateway of 200 meters takes of a small machine\n"
        "  ingest     readings over HTTP to kept and counted, beside a row for each reading\n"
        "  lake       a year of building loads copied to Parquet and asked, beside PostgreSQL\n"
        "  pages      desk, unit page and board with a year of history, beside a bare page\n"
        "  query      a point's month and a city's year, beside rows and day totals\n"
        "  recompute  full days of a unit to their figures, beside the same entry by entry\n"
        "  registry   lists of 20,000 instruments in and out of a ledger of 100,000\n"
    )


def test_refuses_a_bench_that_is_none():
    with pytest.raises(bench.UnknownBench):
        bench.run(options("speed"))


def test_ports_are_different():
    assert len(set(bench._free_ports(2))) == 2


def test_a_share_of_a_city_has_at_least_one_unit():
    assert bench._units(options("backfill", "--share", "0.1")) == 70
    assert bench._units(options("query", "--units", "3", "--share", "0.01")) == 1


@pytest.mark.parametrize("text", ["0", "1.01", "-1", "all", "nan"])
def test_a_share_is_above_none_and_at_most_all(text):
    with pytest.raises(SystemExit):
        options("backfill", "--share", text)
