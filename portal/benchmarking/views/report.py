"""Pages of the provider's report, and of the groups that the region publishes for it.

The provider comes once a quarter: it wants to know how each service stands against the norm, the others and its own
past, and what the figure means; it fears that others read its figures. The planner publishes the groups once a quarter
has closed and fears to do so too early, so the page says how many returns still wait.
"""

from __future__ import annotations

from math import ceil

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking import reports, service
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.words import ABOUT_GROUPS
from portal.catalog.types import service_types
from portal.core.clock import today
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language
from portal.web.paging import page_number
from portal.web.pdf import pdf_response

Page = str | WerkzeugResponse

PAGE_SERVICES = 12  # each with up to a dozen of lines: more make a page of megabytes


@bp.get("/srovnani/poskytovatel/<ico>")
@requires(Permission.COMPARE_READ)
def provider(ico: str) -> Page:
    """A provider's own services beside the norm, its own past and, where it may be told, the group."""
    report, periods = _read(ico)
    contents = reports.contents_of(report)
    pages = max(1, ceil(len(contents) / PAGE_SERVICES))
    page = min(page_number(), pages)
    shown = {register_id for register_id, _ in contents[(page - 1) * PAGE_SERVICES : page * PAGE_SERVICES]}

    def address(number: int) -> str:
        place = number if number > 1 else None
        return url_for("benchmarking.provider", ico=ico, obdobi=str(report.period), strana=place)

    return render_template(
        "benchmarking/provider.html",
        report=report,
        services=reports.services_of(report, shown),
        contents=[
            (f"{'' if register_id in shown else address(place // PAGE_SERVICES + 1)}#service-{register_id}", name)
            for place, (register_id, name) in enumerate(contents)
        ],
        page=page,
        pages=pages,
        paged=address,
        bullet_width=reports.BULLET_WIDTH,
        series_height=reports.SERIES_HEIGHT,
        periods=[(str(each), each.label) for each in sorted({report.period, *periods}, reverse=True)],
        about_groups=ABOUT_GROUPS,
        is_own=not current_actor().can(Permission.COMPARE_ALL),
    )


@bp.get("/srovnani/poskytovatel/<ico>/csv")
@requires(Permission.COMPARE_READ)
def provider_csv(ico: str) -> Response:
    """The report as rows of a table, eight quarters of each line."""
    report, _ = _read(ico)
    return csv_response(reports.report_table(report), reports.file_name(report))


@bp.get("/srovnani/poskytovatel/<ico>/xlsx")
@requires(Permission.COMPARE_READ)
def provider_xlsx(ico: str) -> Response:
    """The same as a workbook."""
    report, _ = _read(ico)
    return xlsx_response(reports.report_table(report), reports.file_name(report))


@bp.get("/srovnani/poskytovatel/<ico>/pdf")
@requires(Permission.COMPARE_READ)
def provider_pdf(ico: str) -> Response:
    """The report as a document to print or to lay before a board."""
    report, _ = _read(ico)
    return pdf_response(reports.report_document(report), reports.file_name(report))


def _read(ico: str) -> tuple[service.ProviderReport, list[Period]]:
    periods = service.list_periods(ico)
    given = request.args.get("obdobi")
    period = Period.parse(given) if given else (periods[0] if periods else Period.of(today()).previous)
    return service.provider_report(current_actor(), ico, period), periods


@bp.get("/srovnani/zverejnene-skupiny")
@requires(Permission.COMPARE_ALL)
def releases() -> str:
    """Quarters whose groups providers see, and those that wait."""
    actor = current_actor()
    return render_template(
        "benchmarking/releases.html",
        rows=service.list_releases(actor, current_settings().publish_groups_after),
        by_itself=current_settings().publish_groups_after is not None,
        may_publish=actor.can(Permission.GROUP_PUBLISH),
    )


@bp.get("/srovnani/zverejnene-skupiny/<period>")
@requires(Permission.COMPARE_ALL)
def release(period: str) -> str:
    """What providers were told of a quarter, with the reasons for what is hidden."""
    row, figures, is_intact = service.read_release(current_actor(), Period.parse(period))
    return render_template(
        "benchmarking/release.html",
        row=row,
        lines=reports.release_lines(figures, service.report_metrics(row.dates.period)),
        is_intact=is_intact,
        type_names={code: kind.name(current_language()) for code, kind in service_types().items()},
    )


@bp.post("/srovnani/zverejnene-skupiny/<period>")
@requires(Permission.GROUP_PUBLISH)
def publish_groups(period: str) -> WerkzeugResponse:
    """Publish the groups of a closed quarter."""
    parsed = Period.parse(period)
    with transaction():
        service.start_freezing(current_actor(), parsed)
    flash(gettext("The groups are being published. Once that is done, they do not change any more."), "success")
    return redirect(url_for("benchmarking.releases"))
