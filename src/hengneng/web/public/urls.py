"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.public.views import account, connections, energy, entering, home, notices

urlpatterns: list[URLPattern] = [
    path("", home.Home.as_view(), name="home"),
    path("notices", notices.Archive.as_view(), name="notices"),
    path("notices/<int:notice_id>", notices.OneNotice.as_view(), name="notice"),
    path(
        "notices/<int:notice_id>/files/<int:attachment_id>",
        notices.NoticeFile.as_view(),
        name="notice-file",
    ),
    path("connections", connections.Connections.as_view(), name="connections"),
    path("contacts", home.Contacts.as_view(), name="contacts"),
    path("energy", energy.Energy.as_view(), name="energy"),
    path("energy/file", energy.FactorsFile.as_view(), name="factors-file"),
    path("energy/compare", energy.Compare.as_view(), name="compare-editions"),
    path(
        "energy/documents/<int:factor_id>",
        energy.FactorDocument.as_view(),
        name="factor-document",
    ),
    path("energy/<str:energy_type>", energy.OneType.as_view(), name="energy-type"),
    path("sign-in", entering.SignIn.as_view(), name="sign-in"),
    path("sign-out", entering.SignOut.as_view(), name="sign-out"),
    path("language", entering.SetLanguage.as_view(), name="set-language"),
    path("account", account.OwnAccount.as_view(), name="account"),
    path("account/tokens", account.IssueToken.as_view(), name="issue-token"),
    path("account/tokens/end", account.EndToken.as_view(), name="end-token"),
]
