"""Keep what a list shows under a name; rename a kept view, forget one."""

from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.views import operations as saving
from hengneng.web.desk import kept
from hengneng.web.parts.views import ActionView

GONE = gettext_lazy("This view is gone already.")
NO_NAME = gettext_lazy("Give the view a name of at most 40 characters.")


class SaveView(ActionView):
    """Keep what a list shows under a name."""

    permission = Permission.VIEW_UNIT
    afterwards = "desk"
    anticipated = {
        saving.BadViewName: NO_NAME,
        saving.LongQuery: gettext_lazy("The filter is too long to be kept."),
        saving.TooManyViews: gettext_lazy("You keep as many views as fit; forget one first."),
    }

    def act(self) -> Any:
        """Keep it.

        Raises:
            Http404: If no such list's views are kept.
        """
        page = self.kwargs["page"]
        if page not in kept.LISTS:
            raise Http404(page)
        asked = QueryDict(self.request.POST.get("query", "").replace("\x00", "").lstrip("?"))
        view = saving.save_view(
            page=page,
            name=self.request.POST.get("name", ""),
            query=kept.LISTS[page](asked.dict()),
            by=self.viewer.account_id or 0,
            at=clock.now(),
        )
        return _("The view “%(name)s” is kept.") % {"name": view.name}


class RenameView(ActionView):
    """Give a kept view another name."""

    permission = Permission.VIEW_UNIT
    afterwards = "desk"
    anticipated = {
        saving.BadViewName: NO_NAME,
        saving.NameTaken: gettext_lazy("Another view of this list has that name already."),
        saving.UnknownView: GONE,
    }

    def act(self) -> Any:
        """Rename it."""
        view = saving.rename_view(
            view_id=self.kwargs["view_id"],
            name=self.request.POST.get("name", ""),
            by=self.viewer.account_id or 0,
            at=clock.now(),
        )
        return _("The view is called “%(name)s” now.") % {"name": view.name}


class ForgetView(ActionView):
    """Forget a kept view."""

    permission = Permission.VIEW_UNIT
    afterwards = "desk"
    anticipated = {saving.UnknownView: GONE}

    def act(self) -> Any:
        """Forget it."""
        name = saving.forget_view(
            view_id=self.kwargs["view_id"], by=self.viewer.account_id or 0, at=clock.now()
        )
        return _("The view “%(name)s” is forgotten.") % {"name": name}
