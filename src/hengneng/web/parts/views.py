"""View bases: who may, one call, the answer in words. What names no permission is shut."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.people.accounts import queries as accounts


class FrontView(View, ABC):
    """A view behind a permission; ``self.viewer`` is who asks."""

    permission: ClassVar[Permission]
    viewer: Viewer = VISITOR

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer if the viewer holds the permission anywhere; its reach is the queries' to check.

        Raises:
            ImproperlyConfigured: If the view names no permission.
            PermissionDenied: If the account may not.
        """
        permission = getattr(self, "permission", None)
        if not isinstance(permission, Permission):
            raise ImproperlyConfigured(f"{type(self).__name__} names no permission")
        self.viewer = viewer_of(request)
        if not self.viewer.may(permission):
            if self.viewer.account_id is None:
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied(permission)
        response = super().dispatch(request, *args, **kwargs)
        # Figures of a unit are not to lie about in a shared machine's cache.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PageView(FrontView):
    """A page: ``context`` gathers its rows, ``template`` shows them."""

    template: ClassVar[str]
    not_there: ClassVar[tuple[type[Exception], ...]] = ()

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page.

        Raises:
            Http404: If what it is about does not exist or is not the viewer's to see.
        """
        try:
            context = self.context()
        except self.not_there as error:
            raise Http404(str(error)) from error
        return TemplateResponse(request, self.template, context)

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        return {}


class ActionView(FrontView):
    """A button: ``act`` calls one operation and returns the sentence that reports it."""

    http_method_names = ["post"]
    anticipated: ClassVar[Mapping[type[Exception], Any]] = {}
    afterwards: ClassVar[str] = "home"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Act, then lead back with the report, or with what stood in the way."""
        try:
            messages.success(request, self.act())
        except tuple(self.anticipated) as error:
            messages.error(request, words_for(self.anticipated, error))
        return HttpResponseRedirect(next_address(request, self.afterwards))

    @abstractmethod
    def act(self) -> Any:
        """Call the operation; return what to report."""


class FormView(PageView):
    """One thing on a page: a form, its errors beside its fields and in a summary with links."""

    form_class: ClassVar[type[forms.Form]]
    anticipated: ClassVar[Mapping[type[Exception], Any]] = {}
    afterwards: ClassVar[str] = "home"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._shown(request, self.form(), 200)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Act on a valid form, else show it again with its errors.

        Raises:
            Http404: If what it is about does not exist or is not the viewer's to change.
        """
        form = self.form()
        if not form.is_valid():
            return self._shown(request, form, 422)
        try:
            said = self.act(form)
        except tuple(self.anticipated) as error:
            form.add_error(self.field_of(error), self.words_of(error))
            return self._shown(request, form, 422)
        except self.not_there as error:
            raise Http404(str(error)) from error
        messages.success(request, said)
        return HttpResponseRedirect(self.leads_to())

    def leads_to(self) -> str:
        """Return where to go on after the form was heeded."""
        return next_address(self.request, self.afterwards)

    def form(self) -> forms.Form:
        """Return the form, bound where one was sent."""
        return self.form_class(self.request.POST if self.request.method == "POST" else None)

    @abstractmethod
    def act(self, form: forms.Form) -> Any:
        """Call the operation; return what to report."""

    def field_of(self, error: Exception) -> str | None:  # noqa: ARG002
        """Return the field an anticipated error belongs to; None: the form as a whole."""
        return None

    def words_of(self, error: Exception) -> Any:
        """Return the words of an anticipated error: one sentence or several."""
        return words_for(self.anticipated, error)

    def _shown(self, request: HttpRequest, form: forms.Form, status: int) -> HttpResponse:
        try:
            context = {**self.context(), "form": form}
        except self.not_there as error:
            raise Http404(str(error)) from error
        return TemplateResponse(request, self.template, context, status=status)


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who asks, looked up once a request."""
    known = getattr(request, "viewer", None)
    if isinstance(known, Viewer):
        return known
    user = request.user
    viewer = accounts.viewer_of(user.pk if user.is_authenticated else None)
    request.viewer = viewer  # type: ignore[attr-defined]
    return viewer


def words_for(anticipated: Mapping[type[Exception], Any], error: Exception) -> Any:
    """Return the words of the nearest kind of an anticipated error."""
    return next(anticipated[kind] for kind in type(error).__mro__ if kind in anticipated)


def next_address(request: HttpRequest, otherwise: str) -> str:
    """Return where to go on: the form's ``next`` if it lies on this site."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    return resolve_url(otherwise)
