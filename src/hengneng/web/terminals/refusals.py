"""Why an upload is refused whole, and in which words its terminal is told."""

from enum import StrEnum
from typing import NamedTuple


class Words(NamedTuple):
    """A reason's HTTP status and its words on the wire."""

    status: int
    text: str


class Reason(StrEnum):
    """Why an upload is refused whole: ARCHITECTURE 5.1, What is refused."""

    TOO_LARGE = "TOO_LARGE"
    CUT_OFF = "CUT_OFF"
    NOT_JSON = "NOT_JSON"
    NO_ENVELOPE = "NO_ENVELOPE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    TOO_MANY_PENDING = "TOO_MANY_PENDING"
    UNKNOWN_TERMINAL = "UNKNOWN_TERMINAL"
    FOREIGN_TERMINAL = "FOREIGN_TERMINAL"
    NO_USABLE_RECORD = "NO_USABLE_RECORD"


# SOURCE: facts/protocol.md 2.5: the words that terminals know.
_NOT_ITS_UNIT = Words(200, "序列号与企业统一社会信用代码不符")
# The wire's words are the protocol's language, whatever language people choose.
WORDS = {
    Reason.TOO_LARGE: Words(413, "报文超过4MB"),
    Reason.CUT_OFF: Words(400, "报文不完整"),
    Reason.NOT_JSON: Words(200, "报文不是有效的JSON"),
    Reason.NO_ENVELOPE: Words(200, "报文格式不正确"),
    Reason.UNKNOWN_UNIT: Words(200, "企业统一社会信用代码未登记"),
    Reason.TOO_MANY_PENDING: Words(200, "等待审核的注册申请过多"),
    Reason.UNKNOWN_TERMINAL: _NOT_ITS_UNIT,
    Reason.FOREIGN_TERMINAL: _NOT_ITS_UNIT,
    Reason.NO_USABLE_RECORD: Words(200, "没有可用的数据记录"),
}


class Refused(Exception):
    """This upload is refused whole.

    Attributes:
        reason: Why.
        body: What was read of it.
        size: Its size as far as known. [bytes]
        unit_id: The unit, where it is known.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        body: bytes = b"",
        size: int | None = None,
        unit_id: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.body = body
        self.size = len(body) if size is None else size
        self.unit_id = unit_id
