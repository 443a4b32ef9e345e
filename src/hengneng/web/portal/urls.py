"""Routes of this front."""

from django.urls import URLPattern, URLResolver, include, path

from hengneng.web.parts import fuels as parts_fuels
from hengneng.web.parts.imports import urls as imports
from hengneng.web.portal.views import (
    card,
    certificates,
    changes,
    completeness,
    consumption,
    declarations,
    declaring,
    devices,
    due,
    equipment,
    fuels,
    home,
    instruments,
    points,
    rejected,
)
from hengneng.web.portal.views.imports import AtPortal

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.Portal.as_view(), name="portal"),
    path("<str:code>/", home.Overview.as_view(), name="portal-unit"),
    path("<str:code>/points", points.Points.as_view(), name="portal-points"),
    path("<str:code>/points/file", points.PointsFile.as_view(), name="portal-points-file"),
    path("<str:code>/points/<int:point_id>", points.OnePoint.as_view(), name="portal-point"),
    path(
        "<str:code>/points/<int:point_id>/file",
        points.PointFile.as_view(),
        name="portal-point-file",
    ),
    path(
        "<str:code>/completeness", completeness.Completeness.as_view(), name="portal-completeness"
    ),
    path(
        "<str:code>/completeness/file",
        completeness.CompletenessFile.as_view(),
        name="portal-completeness-file",
    ),
    path("<str:code>/consumption", consumption.Consumption.as_view(), name="portal-consumption"),
    path(
        "<str:code>/consumption/file",
        consumption.ConsumptionFile.as_view(),
        name="portal-consumption-file",
    ),
    path("<str:code>/devices", devices.Devices.as_view(), name="portal-devices"),
    path("<str:code>/devices/file", devices.DevicesFile.as_view(), name="portal-devices-file"),
    path("<str:code>/rejected", rejected.Rejected.as_view(), name="portal-rejected"),
    path("<str:code>/rejected/file", rejected.RejectedFile.as_view(), name="portal-rejected-file"),
]

# What a unit tells and keeps itself: changes, instruments, equipment, contacts.
CHANGES: list[URLPattern] = [
    path("", changes.Changes.as_view(), name="portal-changes"),
    path("/file", changes.ChangesFile.as_view(), name="portal-changes-file"),
    path("/exchange", changes.ReportExchange.as_view(), name="portal-change-exchange"),
    path("/ratio", changes.ReportRatio.as_view(), name="portal-change-ratio"),
    path("/move", changes.ReportMove.as_view(), name="portal-change-move"),
    path("/stop", changes.ReportStop.as_view(), name="portal-change-stop"),
    path("/<int:change_id>", changes.OneChange.as_view(), name="portal-change"),
    path("/<int:change_id>/again", changes.TellAgain.as_view(), name="portal-change-again"),
    path(
        "/<int:change_id>/withdraw",
        changes.WithdrawChange.as_view(),
        name="portal-change-withdraw",
    ),
]
CERTIFICATES: list[URLPattern] = [
    path("/new", certificates.BringCertificate.as_view(), name="portal-certificate-new"),
    path(
        "/<int:certificate_id>",
        certificates.CorrectCertificate.as_view(),
        name="portal-certificate-correct",
    ),
    path(
        "/<int:certificate_id>/withdraw",
        certificates.WithdrawCertificate.as_view(),
        name="portal-certificate-withdraw",
    ),
    path(
        "/<int:certificate_id>/file",
        certificates.CertificateFile.as_view(),
        name="portal-certificate-file",
    ),
]
INSTRUMENTS: list[URLPattern | URLResolver] = [
    path("", instruments.Instruments.as_view(), name="portal-instruments"),
    path("/file", instruments.InstrumentsFile.as_view(), name="portal-instruments-file"),
    path("/due", due.DueCalendar.as_view(), name="portal-due"),
    path("/due/file", due.DueFile.as_view(), name="portal-due-file"),
    path("/new", instruments.NewInstrument.as_view(), name="portal-instrument-new"),
    path("/<int:instrument_id>", instruments.OneInstrument.as_view(), name="portal-instrument"),
    path(
        "/<int:instrument_id>/correct",
        instruments.CorrectInstrument.as_view(),
        name="portal-instrument-correct",
    ),
    path("/<int:instrument_id>/certificates", include(CERTIFICATES)),
]
FUELS: list[URLPattern] = [
    path("", fuels.Fuels.as_view(), name="portal-fuels"),
    path("/stocks/file", fuels.StocksFile.as_view(), name="portal-stocks-file"),
    path("/stocks/new", fuels.NewStock.as_view(), name="portal-stock-new"),
    path("/stocks/<int:taking_id>", fuels.CorrectStock.as_view(), name="portal-stock"),
    path(
        "/stocks/<int:taking_id>/withdraw",
        fuels.WithdrawStock.as_view(),
        name="portal-stock-withdraw",
    ),
    path("/purchases/file", fuels.PurchasesFile.as_view(), name="portal-purchases-file"),
    path("/purchases/new", fuels.NewPurchase.as_view(), name="portal-purchase-new"),
    path("/purchases/<int:purchase_id>", fuels.CorrectPurchase.as_view(), name="portal-purchase"),
    path(
        "/purchases/<int:purchase_id>/withdraw",
        fuels.WithdrawPurchase.as_view(),
        name="portal-purchase-withdraw",
    ),
    path("/papers/<int:paper_id>", parts_fuels.FuelPaper.as_view(), name="portal-fuel-paper"),
]
EQUIPMENT: list[URLPattern] = [
    path("", equipment.Equipment.as_view(), name="portal-equipment"),
    path("/file", equipment.EquipmentFile.as_view(), name="portal-equipment-file"),
    path("/new", equipment.NewConsumer.as_view(), name="portal-consumer-new"),
    path("/<int:consumer_id>", equipment.DescribeConsumer.as_view(), name="portal-consumer"),
    path("/<int:consumer_id>/demand", equipment.SetDemand.as_view(), name="portal-demand"),
    path(
        "/<int:consumer_id>/gone",
        equipment.RetireConsumer.as_view(),
        name="portal-consumer-retire",
    ),
]
CARD: list[URLPattern] = [
    path("", card.Card.as_view(), name="portal-card"),
    path("/contacts/file", card.ContactsFile.as_view(), name="portal-contacts-file"),
    path("/contacts/new", card.NewContact.as_view(), name="portal-contact-new"),
    path(
        "/contacts/<int:person_id>/<str:role>", card.CorrectContact.as_view(), name="portal-contact"
    ),
    path(
        "/contacts/<int:person_id>/<str:role>/end",
        card.EndContact.as_view(),
        name="portal-contact-end",
    ),
]
DECLARATIONS: list[URLPattern] = [
    path("", declarations.Declarations.as_view(), name="portal-declarations"),
    path("/file", declarations.DeclarationsFile.as_view(), name="portal-declarations-file"),
    path("/new-point", declaring.DeclareNewPoint.as_view(), name="portal-declare-new-point"),
    path("/points/<int:point_id>", declaring.DeclarePoint.as_view(), name="portal-declare-point"),
    path("/heat-value", declaring.DeclareHeatValue.as_view(), name="portal-declare-heat-value"),
    path("/particulars", declaring.DeclareParticulars.as_view(), name="portal-declare-particulars"),
    path(
        "/legal-person",
        declaring.DeclareLegalPerson.as_view(),
        name="portal-declare-legal-person",
    ),
    path("/facility", declaring.DeclareFacility.as_view(), name="portal-declare-facility"),
    path("/site", declaring.DeclareSite.as_view(), name="portal-declare-site"),
    path("/standing", declaring.DeclareStanding.as_view(), name="portal-declare-standing"),
    path("/<int:declaration_id>", declarations.OneDeclaration.as_view(), name="portal-declaration"),
    path(
        "/<int:declaration_id>/again",
        declaring.DeclareAgain.as_view(),
        name="portal-declaration-again",
    ),
    path(
        "/<int:declaration_id>/withdraw",
        declarations.WithdrawDeclaration.as_view(),
        name="portal-declaration-withdraw",
    ),
    path(
        "/<int:declaration_id>/proof",
        declarations.DeclarationProof.as_view(),
        name="portal-declaration-proof",
    ),
]
urlpatterns += [
    path("<str:code>/declarations", include(DECLARATIONS)),
    *imports.routes(AtPortal, place="<str:code>/imports", folder="portal/imports"),
    path("<str:code>/changes", include(CHANGES)),
    path("<str:code>/instruments", include(INSTRUMENTS)),
    path("<str:code>/fuels", include(FUELS)),
    path("<str:code>/equipment", include(EQUIPMENT)),
    path("<str:code>/card", include(CARD)),
]
