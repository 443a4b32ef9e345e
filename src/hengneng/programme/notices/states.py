"""A notice's way: drafted and edited, published once, withdrawn for good; nothing is deleted."""

from enum import StrEnum

from hengneng.kernel.states import Table


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class NoticeEvent(StrEnum):
    """What a person may do with a notice."""

    EDIT = "EDIT"
    PUBLISH = "PUBLISH"
    WITHDRAW = "WITHDRAW"


# What has been published is not edited behind its readers' backs: it is withdrawn, and another one
# takes its place. A draft that nobody wants any more is withdrawn too.
TRANSITIONS: Table[NoticeState, NoticeEvent] = {
    (NoticeState.DRAFT, NoticeEvent.EDIT): NoticeState.DRAFT,
    (NoticeState.DRAFT, NoticeEvent.PUBLISH): NoticeState.PUBLISHED,
    (NoticeState.DRAFT, NoticeEvent.WITHDRAW): NoticeState.WITHDRAWN,
    (NoticeState.PUBLISHED, NoticeEvent.WITHDRAW): NoticeState.WITHDRAWN,
}
