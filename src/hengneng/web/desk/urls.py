"""Routes of this front."""

from django.urls import URLPattern, path

from hengneng.web.desk.views import accounts, factors, home, notices, rules, todos, units
from hengneng.web.desk.views.unit import (
    card,
    consumption,
    curves,
    equipment,
    equipping,
    evidence,
    facts,
    heat,
    ledger,
    network,
    overview,
    people,
    point_day,
    points,
)

urlpatterns: list[URLPattern] = [
    path("", home.Desk.as_view(), name="desk"),
    path("done", home.Done.as_view(), name="desk-done"),
    path("started", home.Started.as_view(), name="desk-started"),
    path("units", units.Units.as_view(), name="units"),
    path("units/views", units.SaveView.as_view(), name="save-view"),
    path("units/views/<int:view_id>/forget", units.ForgetView.as_view(), name="forget-view"),
    path("units/file", units.UnitsFile.as_view(), name="units-file"),
    path("units/<str:code>", overview.Overview.as_view(), name="unit"),
    path("units/<str:code>/points", points.Points.as_view(), name="unit-points"),
    path("units/<str:code>/card", card.Card.as_view(), name="unit-card"),
    path(
        "units/<str:code>/card/papers/<int:document_id>",
        card.CardDocument.as_view(),
        name="unit-document",
    ),
    path("units/<str:code>/network", network.Network.as_view(), name="unit-network"),
    path("units/<str:code>/equipment", equipment.Equipment.as_view(), name="unit-equipment"),
    path("units/<str:code>/equipping", equipping.EquippingTab.as_view(), name="unit-equipping"),
    path("units/<str:code>/curves", curves.Curves.as_view(), name="unit-curves"),
    path(
        "units/<str:code>/consumption", consumption.Consumption.as_view(), name="unit-consumption"
    ),
    path("units/<str:code>/heat-values", heat.RecordHeatValue.as_view(), name="record-heat-value"),
    path(
        "units/<str:code>/heat-values/withdraw",
        heat.WithdrawHeatValue.as_view(),
        name="withdraw-heat-value",
    ),
    path("units/<str:code>/evidence", evidence.Evidence.as_view(), name="unit-evidence"),
    path("units/<str:code>/ledger", ledger.Ledger.as_view(), name="unit-ledger"),
    path("units/<str:code>/ledger/ask", ledger.AskPackage.as_view(), name="ask-package"),
    path("units/<str:code>/ledger/<str:number>", ledger.FormFile.as_view(), name="form-file"),
    path("packages/<int:package_id>/<str:kind>", ledger.PackageFile.as_view(), name="package-file"),
    path("units/<str:code>/facts", facts.Facts.as_view(), name="unit-facts"),
    path("units/<str:code>/people", people.People.as_view(), name="unit-people"),
    path(
        "units/<str:code>/points/<int:point_id>/<str:day>",
        point_day.PointDay.as_view(),
        name="point-day",
    ),
    path(
        "units/<str:code>/messages/<int:sequence>", evidence.MessagePage.as_view(), name="message"
    ),
    path(
        "units/<str:code>/messages/<int:sequence>/raw",
        evidence.RawMessage.as_view(),
        name="message-raw",
    ),
    path("terminals/<int:terminal_id>/admit", todos.AdmitTerminal.as_view(), name="admit-terminal"),
    path(
        "terminals/<int:terminal_id>/refuse",
        todos.RefuseTerminal.as_view(),
        name="refuse-terminal",
    ),
    path(
        "terminals/<int:terminal_id>/revoke",
        todos.RevokeTerminal.as_view(),
        name="revoke-terminal",
    ),
    path("energy/load", rules.LoadRules.as_view(), name="load-rules"),
    path("energy/local", factors.EnterLocalFactor.as_view(), name="local-factor"),
    path(
        "energy/local/<int:factor_id>/withdraw",
        factors.WithdrawLocalFactor.as_view(),
        name="withdraw-factor",
    ),
    path("proposals/<int:proposal_id>", todos.ConfirmPoint.as_view(), name="proposal"),
    path("proposals/<int:proposal_id>/merge", todos.MergePoint.as_view(), name="merge-proposal"),
    path("proposals/<int:proposal_id>/refuse", todos.RefusePoint.as_view(), name="refuse-proposal"),
    path("notices", notices.Notices.as_view(), name="desk-notices"),
    path("notices/new", notices.NewNotice.as_view(), name="new-notice"),
    path("notices/<int:notice_id>", notices.EditNotice.as_view(), name="edit-notice"),
    path("notices/<int:notice_id>/attach", notices.AttachFile.as_view(), name="attach-file"),
    path("notices/<int:notice_id>/detach", notices.DetachFile.as_view(), name="detach-file"),
    path("notices/<int:notice_id>/publish", notices.Publish.as_view(), name="publish-notice"),
    path("notices/<int:notice_id>/withdraw", notices.Withdraw.as_view(), name="withdraw-notice"),
    path("accounts", accounts.Accounts.as_view(), name="accounts"),
    path("accounts/file", accounts.AccountsFile.as_view(), name="accounts-file"),
    path("accounts/new", accounts.NewAccount.as_view(), name="new-account"),
    path("accounts/<int:account_id>", accounts.OneAccount.as_view(), name="one-account"),
    path("accounts/<int:account_id>/role", accounts.GiveRole.as_view(), name="give-role"),
    path("accounts/<int:account_id>/role/end", accounts.EndRole.as_view(), name="end-role"),
    path("accounts/<int:account_id>/password", accounts.SetPassword.as_view(), name="set-password"),
    path("accounts/<int:account_id>/close", accounts.Close.as_view(), name="close-account"),
]
