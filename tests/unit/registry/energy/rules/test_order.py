from hengneng.registry.energy.rules import order


def test_electricity_is_first_and_the_rest_stands_as_in_the_record():
    codes = {"WATER": "MEDIUM", "STEAM": "ENERGY", "RAW_COAL": "ENERGY", "COKE": "ENERGY",
             "ELECTRICITY": "ENERGY", "OTHER_FIGURE": "INDICATOR"}  # fmt: skip
    assert sorted(codes, key=lambda code: order.place_in_kind(code, codes[code])) == [
        "ELECTRICITY", "RAW_COAL", "COKE", "STEAM", "WATER", "OTHER_FIGURE",
    ]  # fmt: skip


def test_a_type_that_was_loaded_stands_behind_those_of_its_kind():
    loaded = order.place_in_kind("AAA", "ENERGY")
    assert order.place_in_kind("BIOGAS", "ENERGY") < loaded < order.place_in_kind("WATER", "MEDIUM")


def test_without_its_kind_a_type_stands_as_in_the_record():
    codes = ["WATER", "AAA", "COKE", "ELECTRICITY"]
    assert sorted(codes, key=order.place) == ["ELECTRICITY", "COKE", "WATER", "AAA"]
