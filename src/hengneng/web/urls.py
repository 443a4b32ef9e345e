"""Every route of the product, by front."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hengneng.web.public.urls")),
    path("", include("hengneng.web.ops.urls")),
    path("desk/", include("hengneng.web.desk.urls")),
    path("api/v1/", include("hengneng.web.api.urls")),
    path("", include("hengneng.web.terminals.urls")),
]
