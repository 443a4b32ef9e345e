from hengneng.bench import rows
from hengneng.protocol.records import Content, Record
from hengneng.telemetry.consumption.rules import digest


def test_a_reading_becomes_a_line_of_copy():
    content = Content([Record("R:M1:total", 900, 1234, 2, "M", 960)], [])
    series = digest.series_id("R:M1:total")

    assert rows.copy_lines(7, content) == f"7\t{series}\t900\t1234\t2\tM\t960\n".encode()
