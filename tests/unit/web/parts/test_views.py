import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.web.parts import views


class Nothing(Exception):
    """There is nothing to do."""


class Shown(views.FrontView):
    permission = Permission.VIEW_UNIT

    def get(self, request):
        return HttpResponse("shown")


class Pressed(views.ActionView):
    permission = Permission.PUBLIC
    anticipated = {Nothing: "Nothing to do."}

    def act(self):
        raise self.kwargs["error"]


class Missing(views.PageView):
    permission = Permission.PUBLIC
    not_there = (Nothing,)

    def context(self):
        raise Nothing


def asked(viewer=VISITOR, method="get", **words):
    request = getattr(RequestFactory(), method)("/desk/", words)
    request.viewer = viewer
    return request


class TestFrontView:
    def test_is_shut_without_a_permission(self):
        with pytest.raises(ImproperlyConfigured):
            views.FrontView.as_view()(asked())

    def test_sends_a_visitor_to_sign_in(self):
        answer = Shown.as_view()(asked())
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/desk/")

    def test_refuses_an_account_without_the_permission(self):
        with pytest.raises(PermissionDenied):
            Shown.as_view()(asked(Viewer(account_id=1)))

    def test_answers_who_may_and_is_not_kept_by_the_browser(self):
        answer = Shown.as_view()(asked(Viewer(1, city=frozenset({Permission.VIEW_UNIT}))))
        assert answer.content == b"shown"
        assert answer["Cache-Control"] == "private, no-store"


class TestActionView:
    @pytest.fixture
    def said(self, monkeypatch):
        told = []
        monkeypatch.setattr(views.messages, "error", lambda _, words: told.append(words))
        return told

    def test_shows_what_was_anticipated(self, said):
        answer = Pressed.as_view()(asked(method="post", next="/desk/units"), error=Nothing())
        assert (said, answer["Location"]) == (["Nothing to do."], "/desk/units")

    def test_leaves_the_rest_alone(self, said):
        with pytest.raises(ZeroDivisionError):
            Pressed.as_view()(asked(method="post"), error=ZeroDivisionError())
        assert not said

    def test_answers_no_get(self):
        assert Pressed.as_view()(asked(), error=Nothing()).status_code == 405

    @pytest.mark.parametrize("place", ["https://example.org/", "//example.org", "javascript:x"])
    def test_leads_nowhere_else(self, said, place):
        answer = Pressed.as_view()(asked(method="post", next=place), error=Nothing())
        assert answer["Location"] == "/"


def test_what_is_not_there_is_not_found():
    with pytest.raises(Http404):
        Missing.as_view()(asked())
