"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.portal.views import (
    completeness,
    consumption,
    devices,
    home,
    points,
    rejected,
)

urlpatterns: list[URLPattern] = [
    path("", home.Portal.as_view(), name="portal"),
    path("<str:code>/", home.Overview.as_view(), name="portal-unit"),
    path("<str:code>/points", points.Points.as_view(), name="portal-points"),
    path("<str:code>/points/file", points.PointsFile.as_view(), name="portal-points-file"),
    path("<str:code>/points/<int:point_id>", points.OnePoint.as_view(), name="portal-point"),
    path(
        "<str:code>/points/<int:point_id>/file",
        points.PointFile.as_view(),
        name="portal-point-file",
    ),
    path(
        "<str:code>/completeness", completeness.Completeness.as_view(), name="portal-completeness"
    ),
    path(
        "<str:code>/completeness/file",
        completeness.CompletenessFile.as_view(),
        name="portal-completeness-file",
    ),
    path("<str:code>/consumption", consumption.Consumption.as_view(), name="portal-consumption"),
    path(
        "<str:code>/consumption/file",
        consumption.ConsumptionFile.as_view(),
        name="portal-consumption-file",
    ),
    path("<str:code>/devices", devices.Devices.as_view(), name="portal-devices"),
    path("<str:code>/devices/file", devices.DevicesFile.as_view(), name="portal-devices-file"),
    path("<str:code>/rejected", rejected.Rejected.as_view(), name="portal-rejected"),
    path("<str:code>/rejected/file", rejected.RejectedFile.as_view(), name="portal-rejected-file"),
]
