import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.protocol import codes, national

TEXT = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
CODES = st.from_regex(r"[0-9]{8}(?!00)[0-9]{8}", fullmatch=True)


@given(st.builds(national.Registration, TEXT, st.one_of(st.just(""), TEXT), st.none() | TEXT))
def test_a_registration_that_is_written_is_read(registration):
    assert national.read_registration(national.write_registration(registration)) == registration


@given(st.builds(national.Answer, TEXT, TEXT))
def test_an_answer_that_is_written_is_read(answer):
    assert national.read_answer(national.write_answer(answer)) == answer


@given(TEXT)
def test_a_version_check_that_is_written_is_read(device_id):
    assert national.read_version_check(national.write_version_check(device_id)) == device_id


@given(st.lists(st.tuples(CODES, TEXT), max_size=4))
def test_a_configuration_that_is_written_is_read(named):
    items = [national.CollectItem(code, name, {"statType": "0"}) for code, name in named]

    said = national.read_configuration(national.write_configuration("d", "e", items))

    assert [(item.code, item.name) for item in said.items] == named
    assert said.flaws == []
    assert all(item.fields["statType"] == "0" for item in said.items)


def test_a_code_is_text():
    with pytest.raises(national.NoEnvelope):
        national.read_answer(b'{"responseCode":0,"responseMessage":"ok"}')


@pytest.mark.parametrize(
    ("region", "read"), [(310101, "310101"), ("310101", "310101"), ([], ""), ("x" * 13, "")]
)
def test_a_region_of_another_form_is_left_out(region, read):
    body = json.dumps({"enterpriseCode": "e", "region": region}).encode()

    assert national.read_registration(body).region == read


@pytest.mark.parametrize("body", [b"{}", b'{"enterpriseCode":""}', b'{"enterpriseCode":7}', b"[]"])
def test_a_registration_names_a_unit(body):
    with pytest.raises(national.NoEnvelope):
        national.read_registration(body)


def test_a_version_check_names_a_device():
    with pytest.raises(national.NoEnvelope):
        national.read_version_check(b"{}")


SAID = st.just("") | TEXT
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31))
ITEMS = st.builds(
    national.MeteringItem, name=TEXT, manage_code=SAID, level=st.sampled_from([None, 1, 2, 3]),
    data_code=st.just("") | CODES, model=SAID, place=SAID, type_code=SAID, maker=SAID, body=SAID,
    accuracy_class=SAID, measuring_range=SAID, fields=st.just({}),
    installed_on=DAYS, is_qualified=st.none() | st.booleans(), verified_on=DAYS, due_on=DAYS,
    state=st.sampled_from(["", "NORMAL", "FAULTY", "STOPPED"]), state_since=DAYS,
)  # fmt: skip


@given(st.lists(ITEMS, max_size=4))
def test_instruments_that_are_written_are_read(items):
    said = national.read_metering(national.write_metering("d", "e", items))

    assert [item._replace(fields={}) for item in said.items] == items
    assert said.flaws == []


class TestMetering:
    @pytest.mark.parametrize("rest", [b"", b',"a":[],"b":[]', b',"a":{}', b',"a":"[]"'])
    def test_there_is_one_list(self, rest):
        with pytest.raises(national.NoEnvelope):
            national.read_metering(b'{"deviceId":"d","enterpriseCode":"e"%s}' % rest)

    @pytest.mark.parametrize("body", [b'{"deviceId":"d","a":[]}', b'{"enterpriseCode":"e","a":[]}'])
    def test_it_names_device_and_unit(self, body):
        with pytest.raises(national.NoEnvelope):
            national.read_metering(body)

    def test_a_nul_is_a_flaw(self):
        body = b'{"deviceId":"d","enterpriseCode":"e","a":[{"meteringName":"a\\u0000"}]}'

        assert national.read_metering(body).flaws == [(0, "BAD_RECORD")]


class TestConfiguration:
    def test_items_may_be_missing(self):
        said = national.read_configuration(b'{"deviceId":"d","enterpriseCode":"e"}')

        assert (said.items, said.flaws) == ([], [])

    @pytest.mark.parametrize("items", [b"null", b"{}", b'"x"'])
    def test_items_are_a_list(self, items):
        with pytest.raises(national.NoEnvelope):
            national.read_configuration(
                b'{"deviceId":"d","enterpriseCode":"e","collectItemConfig":%s}' % items
            )

    @pytest.mark.parametrize("item", [b"1", b"{}", b'{"energyClassCode":"x"}', b'{"a":"\\u0000"}'])
    def test_an_item_without_a_code_is_a_flaw(self, item):
        said = national.read_configuration(
            b'{"deviceId":"d","enterpriseCode":"e","collectItemConfig":[%s]}' % item
        )

        assert (said.items, len(said.flaws)) == ([], 1)

    def test_a_long_name_is_cut(self):
        item = national.CollectItem("0000000002330011", "n" * 201, {})

        said = national.read_configuration(national.write_configuration("d", "e", [item]))

        assert said.items[0].name == "n" * 200

    def test_a_nameless_item_is_named_by_its_code(self):
        item = national.CollectItem("0000000002330011", "", {})

        said = national.read_configuration(national.write_configuration("d", "e", [item]))

        assert said.items[0].name == codes.dashed(item.code)
