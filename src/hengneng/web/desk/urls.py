"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.desk.views import home, todos, unit, units

urlpatterns: list[URLPattern] = [
    path("", home.Desk.as_view(), name="desk"),
    path("units", units.Units.as_view(), name="units"),
    path("units/file", units.UnitsFile.as_view(), name="units-file"),
    path("units/<str:code>", unit.UnitPage.as_view(), name="unit"),
    path("terminals/<int:terminal_id>/admit", todos.AdmitTerminal.as_view(), name="admit-terminal"),
    path(
        "terminals/<int:terminal_id>/refuse",
        todos.RefuseTerminal.as_view(),
        name="refuse-terminal",
    ),
    path("proposals/<int:proposal_id>", todos.ConfirmPoint.as_view(), name="proposal"),
    path("proposals/<int:proposal_id>/refuse", todos.RefusePoint.as_view(), name="refuse-proposal"),
]
