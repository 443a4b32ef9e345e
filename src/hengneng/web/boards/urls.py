"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.boards import reported_views, views

urlpatterns: list[URLPattern] = [
    path("", views.Board.as_view(), name="board"),
    path("file", views.BoardFile.as_view(), name="board-file"),
    path("reported", reported_views.Reported.as_view(), name="reported"),
    path("reported/file", reported_views.ReportedFile.as_view(), name="reported-file"),
    path(
        "<str:district_code>/reported", reported_views.Reported.as_view(), name="reported-district"
    ),
    path(
        "<str:district_code>/reported/file",
        reported_views.ReportedFile.as_view(),
        name="reported-district-file",
    ),
    path("<str:district_code>", views.Board.as_view(), name="board-district"),
    path("<str:district_code>/file", views.BoardFile.as_view(), name="board-district-file"),
]
