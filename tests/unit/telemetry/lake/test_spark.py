"""The same questions on many machines: Spark over the same files, unchanged."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.telemetry.lake.conftest import AT

from hengneng.telemetry.lake import operations, queries, store
from hengneng.telemetry.lake.queries import answers
from hengneng.telemetry.lake.rules.questions import QUESTIONS, SLOTS

SCRIPT = Path(__file__).with_name("asks_spark.py")


def absent():
    """Return what Spark lacks here, in words; None where it can run."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed: ./hengneng test --long sets it up"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Spark not run: there is no Java (apt install openjdk-17-jre-headless)"
    return None


def asked_of_spark(span):
    asked = {
        "root": str(store.root()),
        "files": span.files,
        "units": span.edition.units.path,
        "slot": SLOTS["spark"],
        "questions": QUESTIONS,
    }
    local = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        input=json.dumps(asked),
        env=os.environ | local,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def plain(row):
    """Return a row as text, numbers without trailing zeros: engines write the same one unlike."""
    return [f"{Decimal(cell).normalize():f}" if is_number(cell) else str(cell) for cell in row]


def is_number(cell):
    return isinstance(cell, Decimal | int) or str(cell).replace(".", "", 1).isdigit()


@pytest.mark.long
def test_spark_answers_every_question_as_both_stores_do(six_units):
    if lacking := absent():
        pytest.skip(lacking)
    operations.write(by=None, at=AT)

    found = asked_of_spark(answers.span_of())

    both = queries.ask()
    assert all(one.agrees for one in both)
    for one in both:
        said = [plain(row) for row in found[one.question]]
        assert said == [plain(row) for row in one.rows], one.question
