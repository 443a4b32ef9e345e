"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.ops import views

urlpatterns: list[URLPattern] = [
    path("healthz", views.Health.as_view(), name="healthz"),
    path("readyz", views.Readiness.as_view(), name="readyz"),
    path("metrics", views.Metrics.as_view(), name="metrics"),
]
