"""A paper that was kept, always to be saved, never shown inside this site."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from hengneng.kernel.files import queries as files


def saved(file_id: int) -> HttpResponse:
    """Return a kept file as a download, under the name it was brought with.

    Args:
        file_id: The kept file, which the caller knows to be the viewer's to see.
    """
    paper = files.kept([file_id])[file_id]
    return HttpResponse(
        files.read(file_id),
        content_type=paper.media_type,
        headers={"Content-Disposition": content_disposition_header(True, paper.name) or ""},
    )
