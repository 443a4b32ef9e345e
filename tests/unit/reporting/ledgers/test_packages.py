"""Packages are asked for, made once by a worker, and read by those who may."""

from datetime import UTC, date, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.documents import paper
from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.jobs import operations as progress
from hengneng.kernel.jobs import queries as progresses
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.reporting.ledgers import jobs, operations, queries
from hengneng.reporting.ledgers.models import Package

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
EVERYWHERE = Viewer(7, city=frozenset({Permission.VIEW_READINGS}))


def ask(world, *, on=TODAY, year=2025) -> int:
    return operations.ask_for_package(unit_id=world.unit_id, on=on, year=year, by=7, at=NOW)


def progress_of(package_id):
    row = queries.package_by_id(EVERYWHERE, package_id)
    return progresses.progress(row.progress_id, at=NOW)


class TestAskForPackage:
    def test_queues_one_job_and_says_so(self, equipped_unit):
        package_id = ask(equipped_unit)

        [job] = ProcrastinateJob.objects.all()
        assert (job.task_name, job.args) == (operations.JOB, {"package_id": package_id})
        assert (progress_of(package_id).done, progress_of(package_id).finished_at) == (0, None)
        assert Entry.objects.filter(action="package.asked_for", by=7).count() == 1

    def test_names_the_job_as_it_is(self):
        assert jobs.make_package.name == operations.JOB

    @pytest.mark.parametrize(("on", "year"), [(date(2026, 11, 24), 2025), (TODAY, 2027)])
    def test_refuses_what_has_not_come_and_queues_nothing(self, equipped_unit, on, year):
        with pytest.raises(queries.NotYet):
            ask(equipped_unit, on=on, year=year)

        assert not Package.objects.exists()
        assert not ProcrastinateJob.objects.exists()

    def test_refuses_the_same_while_it_is_being_made(self, equipped_unit):
        first = ask(equipped_unit)
        with pytest.raises(operations.UnderWay):
            ask(equipped_unit)
        ask(equipped_unit, year=2024)

        progress_id = queries.package_by_id(EVERYWHERE, first).progress_id
        progress.fail(progress_id=progress_id, reason="broken", at=NOW)
        assert ask(equipped_unit) != first


class TestMakePackage:
    def test_keeps_a_pdf_and_a_workbook(self, equipped_unit):
        package_id = ask(equipped_unit)
        operations.make_package(package_id=package_id, at=NOW)

        pdf = queries.file_of(EVERYWHERE, package_id, is_workbook=False)
        workbook = queries.file_of(EVERYWHERE, package_id, is_workbook=True)
        assert (pdf.body[:5], workbook.body[:2]) == (b"%PDF-", b"PK")
        assert pdf.name == "衡能试验单位 能源计量台账 2026-11-23.pdf"
        assert workbook.name == "衡能试验单位 能源计量台账 2026-11-23.xlsx"
        assert progress_of(package_id).finished_at == NOW
        entry = Entry.objects.get(action="package.made")
        assert len(entry.details["within"]) == 2

    def test_made_twice_by_its_job_it_is_made_once(self, equipped_unit):
        package_id = ask(equipped_unit)
        jobs.make_package(package_id=package_id)
        first = queries.package_by_id(EVERYWHERE, package_id)
        jobs.make_package(package_id=package_id)

        assert queries.package_by_id(EVERYWHERE, package_id) == first
        assert KeptFile.objects.count() == 2

    def test_of_two_workers_the_faster_ones_files_stay(self, equipped_unit, monkeypatch):
        package_id = ask(equipped_unit)

        def is_overtaken(document):
            monkeypatch.setattr(paper, "pdf", lambda _: b"%PDF of the faster")
            operations.make_package(package_id=package_id, at=NOW)
            return b"%PDF of the slower"

        monkeypatch.setattr(paper, "pdf", is_overtaken)
        operations.make_package(package_id=package_id, at=NOW)

        file = queries.file_of(EVERYWHERE, package_id, is_workbook=False)
        assert file.body == b"%PDF of the faster"
        assert KeptFile.objects.count() == 2
        assert progress_of(package_id).finished_at == NOW

    def test_a_failure_is_told_to_who_waits(self, equipped_unit, monkeypatch):
        def breaks(document):
            raise paper.NotTypeset("no such font")

        monkeypatch.setattr(paper, "pdf", breaks)
        package_id = ask(equipped_unit)
        with pytest.raises(paper.NotTypeset):
            operations.make_package(package_id=package_id, at=NOW)

        assert progress_of(package_id).failed_reason == "no such font"
        assert not KeptFile.objects.exists()

    def test_a_stopped_worker_leaves_it_to_the_next(self, equipped_unit, monkeypatch):
        def stops(document):
            raise KeyboardInterrupt

        package_id = ask(equipped_unit)
        with monkeypatch.context() as stopped:
            stopped.setattr(paper, "pdf", stops)
            with pytest.raises(KeyboardInterrupt):
                operations.make_package(package_id=package_id, at=NOW)
        assert 0 < progress_of(package_id).done < progress_of(package_id).total

        operations.make_package(package_id=package_id, at=NOW)
        assert progress_of(package_id).finished_at == NOW
        assert KeptFile.objects.count() == 2


class TestPackageRow:
    def test_tells_when_it_will_be_made(self, equipped_unit):
        package_id = ask(equipped_unit)
        row = queries.package_by_id(EVERYWHERE, package_id)
        assert row.expected_at(NOW) is None

        progress.advance(progress_id=row.progress_id, count=3)
        row = queries.package_by_id(EVERYWHERE, package_id)
        assert (row.done, row.total) == (3, 9)
        assert row.expected_at(NOW + timedelta(seconds=2)) == NOW + timedelta(seconds=6)

    def test_one_that_failed_will_not_be(self, equipped_unit):
        package_id = ask(equipped_unit)
        progress_id = queries.package_by_id(EVERYWHERE, package_id).progress_id
        progress.advance(progress_id=progress_id, count=3)
        progress.fail(progress_id=progress_id, reason="broken", at=NOW)

        row = queries.package_by_id(EVERYWHERE, package_id)
        assert (row.failed_reason, row.expected_at(NOW)) == ("broken", None)

    def test_names_its_unit_to_who_reads_of_an_act(self, equipped_unit):
        package_id = ask(equipped_unit)

        about = (equipped_unit.code, "衡能试验单位", "2026-11-23")
        assert queries.units_of_packages([package_id]) == {package_id: about}


class TestWhoMayRead:
    def test_what_is_not_made_yet_has_no_file(self, equipped_unit):
        with pytest.raises(queries.NotMade):
            queries.file_of(EVERYWHERE, ask(equipped_unit), is_workbook=False)

    def test_the_latest_come_first(self, equipped_unit):
        first, second = ask(equipped_unit), ask(equipped_unit, year=2024)

        packages = queries.packages_of(EVERYWHERE, equipped_unit.unit_id)
        assert [row.id for row in packages] == [second, first]

    @pytest.mark.parametrize(
        "viewer",
        [
            Viewer(),
            Viewer(8, city=frozenset({Permission.VIEW_UNIT})),
            Viewer(8, units={Permission.VIEW_READINGS: frozenset({10**9})}),
            Viewer(8, districts={Permission.VIEW_READINGS: frozenset({"310101"})}),
        ],
    )
    def test_others_find_nothing(self, equipped_unit, viewer):
        package_id = ask(equipped_unit)

        assert queries.packages_of(viewer, equipped_unit.unit_id) == []
        with pytest.raises(queries.UnknownPackage):
            queries.package_by_id(viewer, package_id)

    def test_the_unit_itself_may(self, equipped_unit):
        package_id = ask(equipped_unit)
        own = Viewer(8, units={Permission.VIEW_READINGS: frozenset({equipped_unit.unit_id})})

        assert queries.package_by_id(own, package_id).id == package_id
