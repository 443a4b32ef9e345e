"""Every route of the product, by front."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hengneng.web.public.urls")),
    path("", include("hengneng.web.ops.urls")),
    path("desk/", include("hengneng.web.desk.urls")),
    path("api/v1/", include("hengneng.web.api.urls")),
    path("", include("hengneng.web.terminals.urls")),
]

handler400 = "hengneng.web.parts.errors.bad_request"
handler403 = "hengneng.web.parts.errors.forbidden"
handler404 = "hengneng.web.parts.errors.not_found"
handler500 = "hengneng.web.parts.errors.failed"
