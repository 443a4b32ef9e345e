from datetime import UTC, datetime

import pytest

from hengneng.kernel.audit.models import Entry
from hengneng.people.accounts.models import Account
from hengneng.people.views import operations, queries
from hengneng.people.views.queries import ViewRow

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def account(name: str) -> int:
    return Account.objects.create(name=name, created_at=NOON).id


@pytest.fixture
def li(db) -> int:
    return account("li")


@pytest.fixture
def wang(db) -> int:
    return account("wang")


def save(by: int, name: str, query: str = "district=310101"):
    return operations.save_view(page="units", name=name, query=query, by=by, at=NOON)


class TestSaveView:
    def test_keeps_what_was_asked(self, li):
        view = save(li, " 黄浦区 ")
        assert queries.saved_views(li, "units") == [ViewRow(view.id, "黄浦区", "district=310101")]
        assert Entry.objects.get().details == {"name": "黄浦区", "query": "district=310101"}

    def test_of_the_same_name_shows_that_from_now_on(self, li):
        first, second = save(li, "mine"), save(li, "mine", "order=-tonnes")
        assert first.id == second.id
        assert [view.query for view in queries.saved_views(li, "units")] == ["order=-tonnes"]

    def test_is_the_account_s_own(self, li, wang):
        save(li, "mine")
        assert queries.saved_views(wang, "units") == []
        assert queries.saved_views(li, "points") == []

    @pytest.mark.parametrize("name", ["", "  ", "n" * 41, "a\nb"])
    def test_refuses_a_name_that_is_none(self, li, name):
        with pytest.raises(operations.BadViewName):
            save(li, name)
        assert queries.saved_views(li, "units") == []

    def test_refuses_a_query_that_does_not_fit(self, li):
        with pytest.raises(operations.LongQuery):
            save(li, "long", "q" * 501)
        assert queries.saved_views(li, "units") == []

    def test_refuses_more_than_can_be_told_apart(self, li):
        for number in range(operations.MOST):
            save(li, f"{number}")
        with pytest.raises(operations.TooManyViews):
            save(li, "one more")
        save(li, "0", "order=name")
        assert len(queries.saved_views(li, "units")) == operations.MOST


class TestRenameView:
    def test_gives_another_name(self, li):
        view = save(li, "mine")
        operations.rename_view(view_id=view.id, name=" ours ", by=li, at=NOON)
        assert queries.saved_views(li, "units") == [ViewRow(view.id, "ours", "district=310101")]
        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.details) == ("view.renamed", {"name": "ours", "before": "mine"})

    def test_to_its_own_name_changes_nothing_else(self, li):
        view = save(li, "mine")
        operations.rename_view(view_id=view.id, name="mine", by=li, at=NOON)
        assert [kept.name for kept in queries.saved_views(li, "units")] == ["mine"]

    def test_refuses_a_name_of_another_view_of_the_list(self, li):
        view = save(li, "mine")
        save(li, "ours")
        with pytest.raises(operations.NameTaken):
            operations.rename_view(view_id=view.id, name="ours", by=li, at=NOON)
        assert [kept.name for kept in queries.saved_views(li, "units")] == ["mine", "ours"]

    def test_takes_the_name_of_a_view_of_another_list(self, li):
        view = save(li, "mine")
        operations.save_view(page="due", name="ours", query="", by=li, at=NOON)
        operations.rename_view(view_id=view.id, name="ours", by=li, at=NOON)
        assert [kept.name for kept in queries.saved_views(li, "units")] == ["ours"]

    @pytest.mark.parametrize("name", ["", "n" * 41])
    def test_refuses_a_name_that_is_none(self, li, name):
        view = save(li, "mine")
        with pytest.raises(operations.BadViewName):
            operations.rename_view(view_id=view.id, name=name, by=li, at=NOON)

    def test_leaves_another_account_s_alone(self, li, wang):
        view = save(li, "mine")
        with pytest.raises(operations.UnknownView):
            operations.rename_view(view_id=view.id, name="ours", by=wang, at=NOON)
        assert [kept.name for kept in queries.saved_views(li, "units")] == ["mine"]


class TestForgetView:
    def test_forgets_it(self, li):
        view = save(li, "mine")
        assert operations.forget_view(view_id=view.id, by=li, at=NOON) == "mine"
        assert queries.saved_views(li, "units") == []

    def test_leaves_another_account_s_alone(self, li, wang):
        view = save(li, "mine")
        with pytest.raises(operations.UnknownView):
            operations.forget_view(view_id=view.id, by=wang, at=NOON)
        assert [kept.name for kept in queries.saved_views(li, "units")] == ["mine"]
