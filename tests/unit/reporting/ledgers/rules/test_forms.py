"""The forms of JJF 1356 as records."""

from datetime import date

import pytest

from hengneng.reporting.ledgers.rules import forms
from hengneng.reporting.ledgers.rules.forms import Fills

FIRST_DAY = date(2012, 11, 3)
NUMBERS = [*(f"B.{n}" for n in range(1, 11)), "fig-B.1", "fig-B.2"]


class TestFormsOn:
    def test_are_those_of_the_annex(self):
        assert [form.number for form in forms.forms_on(FIRST_DAY)] == NUMBERS

    def test_there_are_none_before_the_first_edition(self):
        with pytest.raises(forms.NoForms):
            forms.forms_on(date(2012, 11, 2))

    def test_none_is_passed_off_as_compared_with_the_standard(self):
        assert not any(form.verified for form in forms.forms_on(FIRST_DAY))
        assert all(form.citation for form in forms.forms_on(FIRST_DAY))

    def test_b3_has_the_columns_that_training_material_shows(self):
        # SOURCE: facts/standards.md 1.2, form B.3.
        assert [one.column.title for one in forms.form_on(FIRST_DAY, "B.3").columns] == [
            "序号", "计量器具名称", "型号规格", "准确度等级", "测量范围", "生产厂家", "出厂编号",
            "用能单位管理编号", "安装使用地点及用途", "检定周期/校准间隔", "状态（合格/准用/停用）",
        ]  # fmt: skip

    def test_b4_to_b7_are_b3_level_by_level(self):
        whole = forms.form_on(FIRST_DAY, "B.3")
        parts = [forms.form_on(FIRST_DAY, f"B.{n}") for n in range(4, 8)]

        assert all(part.columns == whole.columns for part in parts)
        assert [part.level for part in parts] == ["LEVEL_1", "LEVEL_2", "LEVEL_3", "OTHER"]
        assert whole.level == ""

    def test_a_form_that_is_not_there_is_refused(self):
        with pytest.raises(forms.UnknownForm):
            forms.form_on(FIRST_DAY, "B.11")


class TestForm:
    def test_tables_and_figures_are_labelled_so(self):
        labels = {form.number: form.label for form in forms.forms_on(FIRST_DAY)}

        assert (labels["B.10"], labels["fig-B.1"]) == ("表 B.10", "图 B.1")

    def test_figures_alone_have_no_columns(self):
        for form in forms.forms_on(FIRST_DAY):
            assert form.is_figure == (not form.columns)
            assert form.is_figure == (form.fills in {Fills.FLOWS, Fills.NETWORK})
