"""The platform's plain answer: a code and a sentence."""

import msgspec

from hengneng.protocol.national.envelopes import read_wire


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """What the platform answers to an upload.

    Attributes:
        response_code: ``"0"`` received; anything else: not, and ``response_message`` says why.
        response_message: Text for the terminal's log.

    Source:
        facts/protocol.md 2.5.
    """

    response_code: str
    response_message: str

    @property
    def is_success(self) -> bool:
        """Whether the message was received."""
        return self.response_code == "0"


RECEIVED = Answer("0", "RECEIVE SUCCESS")
_DECODER = msgspec.json.Decoder(Answer)


def read_answer(body: bytes) -> Answer:
    """Return an answer.

    Raises:
        NotJson: If the body is not JSON.
        NoEnvelope: If it is not an answer.
    """
    return read_wire(_DECODER, body)


def write_answer(answer: Answer) -> bytes:
    """Return the bytes that ``read_answer`` reads."""
    return msgspec.json.encode(answer)
