"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.boards import views

urlpatterns: list[URLPattern] = [
    path("", views.Board.as_view(), name="board"),
    path("file", views.BoardFile.as_view(), name="board-file"),
    path("<str:district_code>", views.Board.as_view(), name="board-district"),
    path("<str:district_code>/file", views.BoardFile.as_view(), name="board-district-file"),
]
