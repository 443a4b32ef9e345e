import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.unit.gateway import platforms

from hengneng.gateway.posting import Poster, Said, Unreachable

PLAIN = {"ca_file": None, "certificate": None, "key": None}


@pytest.fixture
def platform():
    with platforms.serving() as running:
        yield running


@pytest.fixture
def poster():
    made = Poster(**PLAIN)
    yield made
    made.close()


class TestPost:
    def test_sends_the_bytes_and_returns_the_answer(self, platform, poster):
        said = poster.post(f"{platform.address}/nhjc/uploadEnergyData", b'{"a": 1}')

        assert said == Said(200, b'{"responseCode":"0","responseMessage":"RECEIVE SUCCESS"}')
        assert platform.wait_for("uploadEnergyData") == [b'{"a": 1}']

    def test_uses_one_connection_again(self, platform, poster):
        poster.post(f"{platform.address}/x", b"1")
        first = poster._connection

        poster.post(f"{platform.address}/y", b"2")

        assert poster._connection is first

    def test_opens_another_where_the_kept_one_was_closed(self, platform, poster):
        poster.post(f"{platform.address}/x", b"1")
        poster._connection.sock.shutdown(socket.SHUT_RDWR)

        assert poster.post(f"{platform.address}/x", b"2").status == 200
        assert platform.wait_for("x", 2) == [b"1", b"2"]

    def test_says_who_does_not_answer(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            with pytest.raises(Unreachable, match=f"127.0.0.1:{port}: .*refused"):
                Poster(**PLAIN).post(f"http://127.0.0.1:{port}/", b"")

    def test_is_broken_off_by_the_end(self, poster):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            failed = []

            def post():
                try:
                    poster.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"")
                except Unreachable as error:
                    failed.append(error)

            thread = threading.Thread(target=post)
            thread.start()
            accepted, _ = silent.accept()
            poster.end()
            thread.join(10)
            accepted.close()

        assert len(failed) == 1
        with pytest.raises(Unreachable, match="stops"):
            poster.post("http://127.0.0.1:9/", b"")


class TestOverTls:
    @pytest.fixture
    def authority(self, tmp_path):
        """A certificate of 127.0.0.1 that stands for itself, as a city's own may."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a city's own authority")])
        now = datetime(2026, 1, 1, tzinfo=UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=3650))
            .not_valid_after(now + timedelta(days=36500))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        path, pem = tmp_path / "ca.pem", serialization.Encoding.PEM
        path.write_bytes(
            certificate.public_bytes(pem)
            + key.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return path

    @pytest.fixture
    def secure(self, platform, authority):
        """The platform behind TLS that asks for a client's certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
        context.load_cert_chain(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        platform.socket = context.wrap_socket(
            platform.socket, server_side=True, do_handshake_on_connect=False
        )
        platform.handle_error = lambda *_: None  # a refused client is the test's own business
        return platform.address.replace("http:", "https:")

    def test_trusts_the_citys_own_authority_and_shows_its_certificate(self, secure, authority):
        poster = Poster(ca_file=authority, certificate=authority, key=None)

        assert poster.post(f"{secure}/x", b"1").status == 200
        poster.close()

    def test_trusts_nobody_else(self, secure):
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            Poster(**PLAIN).post(f"{secure}/x", b"1")

    def test_is_refused_without_a_certificate(self, secure, authority):
        with pytest.raises(Unreachable):
            Poster(ca_file=authority, certificate=None, key=None).post(f"{secure}/x", b"1")
