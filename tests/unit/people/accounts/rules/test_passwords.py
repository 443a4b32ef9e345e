from datetime import date

import pytest

from hengneng.people.accounts import queries
from hengneng.people.accounts.rules import passwords
from hengneng.people.accounts.rules.passwords import PasswordFault

TEXT = """
[[rule]]
edition = "2"
clause = "b"
valid_from = 2030-01-01
length_min = 12
classes_min = 4
citation = "test"
verified = true

[[rule]]
edition = "1"
clause = "a"
valid_from = 2020-01-01
length_min = 8
classes_min = 3
citation = "test"
verified = false
"""
OLD, NEW = passwords.read_rules(TEXT)


class TestFaultsOf:
    @pytest.mark.parametrize(
        ("password", "faults"),
        [
            ("Abcdef-1", []),
            ("Abcde-1", [PasswordFault.TOO_SHORT]),
            ("abcdefg1", [PasswordFault.TOO_FEW_CLASSES]),
            ("abcdef-1", []),
            ("xxZhangSan1", [PasswordFault.HOLDS_NAME]),
            ("nasgnahz-1A", [PasswordFault.HOLDS_NAME]),
            ("衡能Abcdef", []),
            ("", [PasswordFault.TOO_SHORT, PasswordFault.TOO_FEW_CLASSES]),
        ],
    )
    def test_finds_what_is_wrong(self, password, faults):
        assert passwords.faults_of(password, name="zhangsan", rule=OLD) == faults

    def test_holds_the_password_against_the_rule_it_is_given(self):
        assert passwords.faults_of("Abcdef1x", name="zhangsan", rule=NEW) == [
            PasswordFault.TOO_SHORT,
            PasswordFault.TOO_FEW_CLASSES,
        ]


class TestRuleOn:
    @pytest.mark.parametrize(
        ("day", "rule"),
        [(date(2020, 1, 1), OLD), (date(2029, 12, 31), OLD), (date(2030, 1, 1), NEW)],
    )
    def test_is_the_last_that_began(self, day, rule):
        assert passwords.rule_on([OLD, NEW], day) == rule

    def test_is_none_before_the_first(self):
        with pytest.raises(passwords.NoRule):
            passwords.rule_on([OLD, NEW], date(2019, 12, 31))


class TestReadRules:
    @pytest.mark.parametrize("text", ["[[rule", "", '[[rule]]\nedition = "1"'])
    def test_refuses_a_text_without_the_form(self, text):
        with pytest.raises(passwords.UnreadableRule):
            passwords.read_rules(text)

    def test_reads_what_ships(self):
        rule = queries.password_rule_on(date(2026, 1, 1))

        assert (rule.length_min, rule.classes_min, rule.verified) == (8, 3, False)
