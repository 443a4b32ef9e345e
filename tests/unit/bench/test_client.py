from hengneng.bench import client, messages
from hengneng.bench.messages import Flavour, Sender

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello"


class TestAnswerIn:
    def test_gives_status_and_body(self):
        assert client.answer_in(ANSWER) == (200, b"hello")

    def test_waits_for_the_whole_head(self):
        assert client.answer_in(ANSWER[:30]) is None

    def test_waits_for_the_whole_body(self):
        assert client.answer_in(ANSWER[:-1]) is None


def test_a_request_says_how_long_its_body_is():
    assert client.request("/p", b"abc").endswith(b"Content-Length: 3\r\n\r\nabc")


def test_terminals_take_turns_until_each_has_sent_its_slots():
    first, second = (Sender(Flavour.NATIONAL, n, "C", "D") for n in (1, 2))
    job = client.Job(1, "/p", [(first, 10, 1), (second, 20, 2)], connections=1, seconds=None)

    assert list(client.requests(job)) == [
        (0, client.request("/p", messages.message(first, 10))),
        (1, client.request("/p", messages.message(second, 20))),
        (1, client.request("/p", messages.message(second, 21))),
    ]


def test_a_message_may_hold_slots_and_terminals_may_send_one_after_the_other():
    first, second = (Sender(Flavour.NATIONAL, n, "C", "D") for n in (1, 2))
    job = client.Job(
        1, "/p", [(first, 10, 4), (second, 20, 2)], 1, None, points=3, slots=2, together=1
    )

    assert list(client.requests(job)) == [
        (0, client.request("/p", messages.message(first, 10, slots=2, points=3))),
        (0, client.request("/p", messages.message(first, 12, slots=2, points=3))),
        (1, client.request("/p", messages.message(second, 20, slots=2, points=3))),
    ]
