import re

import pytest
from django.test import Client

DARK = re.compile(r'href="[^"]*parts/dark\.css" media="([^"]+)"')


@pytest.fixture
def visitor(db) -> Client:
    return Client(headers={"accept-language": "en"})


class TestTheme:
    def test_is_the_device_s_until_one_is_chosen(self, visitor):
        said = visitor.get("/sign-in").text
        assert DARK.findall(said) == ["screen and (prefers-color-scheme: dark)"]
        assert 'data-theme="auto"' in said

    @pytest.mark.parametrize(("theme", "media"), [("dark", ["screen"]), ("paper", [])])
    def test_is_kept_once_it_is_chosen(self, visitor, theme, media):
        answer = visitor.post("/theme", {"theme": theme, "next": "/sign-in"})
        assert answer["Location"] == "/sign-in"
        said = visitor.get("/sign-in").text
        assert DARK.findall(said) == media
        assert f'data-theme="{theme}"' in said

    def test_that_does_not_exist_is_refused(self, visitor):
        assert visitor.post("/theme", {"theme": "pink"}).status_code == 400
        assert not visitor.cookies.get("hengneng_theme")

    def test_in_a_broken_cookie_is_the_device_s(self, visitor):
        visitor.cookies["hengneng_theme"] = "<pink>"
        assert 'data-theme="auto"' in visitor.get("/sign-in").text

    def test_leads_back_to_this_site_alone(self, visitor):
        answer = visitor.post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})
        assert answer["Location"] == "/"
