"""Routes of this front."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
