"""The body that issues, and a notice that is still a draft."""

from datetime import UTC, datetime

import pytest

from hengneng.programme.notices import operations
from hengneng.registry.bodies.models import Body

DRAFTED_AT = datetime(2020, 7, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def regulator(db) -> Body:
    return Body.objects.create(
        code="REGULATOR", kind="MUNICIPAL_REGULATOR", name_zh="市局", name_en="Regulator"
    )


@pytest.fixture
def draft(regulator) -> int:
    """The number of a draft."""
    return operations.draft_notice(
        title_zh="关于开展能源计量重点工作的通知",
        title_en="Notice on the year's work",
        number="沪市监计量〔2020〕321号",
        text="各区：\n\n现通知如下。",
        issuer_code="REGULATOR",
        by=7,
        at=DRAFTED_AT,
    )


@pytest.fixture
def published(draft) -> int:
    """The number of a published notice."""
    operations.publish_notice(notice_id=draft, by=7, at=DRAFTED_AT)
    return draft
