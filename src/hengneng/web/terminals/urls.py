"""Routes of this front; the names are the protocol's (ARCHITECTURE 10)."""

from django.urls import URLPattern, path

from hengneng.web.terminals import views

urlpatterns: list[URLPattern] = [
    path("nhjc/register", views.register, name="terminals-register"),
    path("nhjc/versionCheck", views.version_check, name="terminals-version-check"),
    path("nhjc/uploadConfigData", views.upload_configuration, name="terminals-configuration"),
    path("nhjc/uploadMeteringData", views.upload_metering, name="terminals-metering"),
    path("nhjc/uploadEnergyData", views.upload_energy, name="terminals-energy"),
    path("devices/v1/registers", views.upload_registers, name="terminals-registers"),
]

# Where terminals have their own chain (handler.py), what no view answers is answered so.
handler400 = "hengneng.web.terminals.views.not_understood"
handler404 = "hengneng.web.terminals.views.no_such_address"
handler500 = "hengneng.web.terminals.views.failed"
