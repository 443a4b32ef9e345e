"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.public import views

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.SignOut.as_view(), name="sign-out"),
    path("language", views.SetLanguage.as_view(), name="set-language"),
    path("account", views.OwnAccount.as_view(), name="account"),
]
