"""Notices: the archive, one by one, their files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission
from hengneng.programme.notices import queries as notices
from hengneng.web.parts import frame
from hengneng.web.parts.views import FrontView, PageView

PAGE_SIZE = 20
SEARCH_LONGEST = 60


class Archive(PageView):
    """Every notice in force, newest first."""

    permission = Permission.PUBLIC
    template = "public/notices.html"

    def context(self) -> dict[str, Any]:
        """Return one page of what the search finds."""
        search = self.request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
        number = frame.page_number(self.request)
        found = notices.published_page(search=search, page=number, size=PAGE_SIZE)
        return {
            "rows": found.rows,
            "search": search,
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
        }


class OneNotice(PageView):
    """One notice; one that was withdrawn says since when and why."""

    permission = Permission.PUBLIC
    template = "public/notice.html"
    not_there = (notices.UnknownNotice,)

    def context(self) -> dict[str, Any]:
        """Return the notice."""
        return {"notice": notices.notice(self.kwargs["notice_id"], viewer=self.viewer)}


class NoticeFile(FrontView):
    """A file at a notice, always to be saved, never shown inside this site."""

    permission = Permission.PUBLIC

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such file at a notice that the viewer may read.
        """
        try:
            row = notices.attachment(
                kwargs["notice_id"], kwargs["attachment_id"], viewer=self.viewer
            )
        except (notices.UnknownNotice, notices.UnknownAttachment) as error:
            raise Http404(str(error)) from error
        response = HttpResponse(files.read(row.file_id), content_type=row.media_type)
        response["Content-Disposition"] = content_disposition_header(True, row.name)
        return response
