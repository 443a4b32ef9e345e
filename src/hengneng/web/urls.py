"""Every route of the product, by front."""

from django.urls import URLPattern, URLResolver, include, path

from hengneng.web.desk.views import home
from hengneng.web.parts import theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hengneng.web.public.urls")),
    path("", include("hengneng.web.ops.urls")),
    path("theme", theme.SetTheme.as_view(), name="set-theme"),
    path("portal/", include("hengneng.web.portal.urls")),
    path("boards/", include("hengneng.web.boards.urls")),
    path("desk", home.ToDesk.as_view(), name="to-desk"),
    path("desk/", include("hengneng.web.desk.urls")),
    path("api/v1/", include("hengneng.web.api.urls")),
    path("", include("hengneng.web.terminals.urls")),
]

handler400 = "hengneng.web.parts.errors.bad_request"
handler403 = "hengneng.web.parts.errors.forbidden"
handler404 = "hengneng.web.parts.errors.not_found"
handler500 = "hengneng.web.parts.errors.failed"
