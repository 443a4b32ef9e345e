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
        "  gateway   what a gateway of 200 meters takes of a small machine\n"
        "  ingest    readings over HTTP to kept and counted, beside a row for each reading\n"
        "  pages     desk, unit page and board with a year of history, beside a bare page\n"
        "  registry  lists of 20,000 instruments in and out of a ledger of 100,000\n"
    )


def test_refuses_a_bench_that_is_none():
    with pytest.raises(bench.UnknownBench):
        bench.run(options("speed"))


def test_ports_are_different():
    assert len(set(bench._free_ports(2))) == 2
