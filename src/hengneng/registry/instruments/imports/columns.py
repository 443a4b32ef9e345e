"""The columns of the lists, and what a cell of each may hold."""

import re
from datetime import date

from django.utils import timezone

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Column
from hengneng.registry.instruments.rules.certificates import CertificateKind, Result
from hengneng.registry.instruments.rules.kinds import kind_named
from hengneng.registry.instruments.rules.standing import Condition

_CYCLE = re.compile(r"(\d{1,3})\s*(个月|月|年|months?|years?|m|y)?", re.IGNORECASE)
_DIAMETER = re.compile(r"(?:DN)?\s*(\d{1,4})\s*(?:mm)?", re.IGNORECASE)
_MONTHS_MAX = 600
_CONDITIONS = {
    "合格": Condition.QUALIFIED,
    "qualified": Condition.QUALIFIED,
    "在用": Condition.QUALIFIED,
    "准用": Condition.LIMITED,
    "限用": Condition.LIMITED,
    "limited": Condition.LIMITED,
    "停用": Condition.STOPPED,
    "stopped": Condition.STOPPED,
}
_KINDS = {
    "检定": CertificateKind.VERIFICATION,
    "强制检定": CertificateKind.VERIFICATION,
    "强检": CertificateKind.VERIFICATION,
    "verification": CertificateKind.VERIFICATION,
    "校准": CertificateKind.CALIBRATION,
    "calibration": CertificateKind.CALIBRATION,
}
_RESULTS = {
    "合格": Result.QUALIFIED,
    "符合": Result.QUALIFIED,
    "qualified": Result.QUALIFIED,
    "准用": Result.LIMITED,
    "限用": Result.LIMITED,
    "limited": Result.LIMITED,
    "不合格": Result.FAILED,
    "不符合": Result.FAILED,
    "failed": Result.FAILED,
}
_YES = {"是": "1", "强检": "1", "yes": "1", "true": "1", "否": "", "非强检": "", "no": ""}


def kind(cell: str) -> str:
    """Return the kind of instrument that a word means.

    Raises:
        ValueError: If it means none.
    """
    found = kind_named(cell)
    if not found:
        raise ValueError(f"{cell} is no kind of instrument")
    return found


def months(cell: str) -> int:
    """Return a cycle in months; a number alone is months.

    >>> months("2年"), months("6个月"), months("12")
    (24, 6, 12)
    """
    found = _CYCLE.fullmatch(cell)
    count = 0
    if found is not None:
        is_years = (found[2] or "").lower().startswith(("年", "y"))
        count = int(found[1]) * (12 if is_years else 1)
    if not 0 < count <= _MONTHS_MAX:
        raise ValueError(f"{cell} is not a cycle like 12, 6个月 or 2年")
    return count


def diameter(cell: str) -> int:
    """Return a nominal diameter in millimetres.

    >>> diameter("DN50"), diameter("80 mm")
    (50, 80)
    """
    found = _DIAMETER.fullmatch(cell)
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{cell} is not a nominal diameter like DN50")
    return int(found[1])


def day(cell: str) -> date:
    """Return a local date; a time with it is left out."""
    return timezone.localtime(cells.moment(cell)).date()


def is_so(cell: str) -> bool:
    """Return yes or no.

    >>> is_so("是"), is_so("否")
    (True, False)
    """
    word = cell.strip().lower()
    if word not in _YES:
        raise ValueError(f"{cell} is neither 是 nor 否")
    return bool(_YES[word])


UNIT = (
    Column(
        "unit_code",
        "统一社会信用代码",
        False,
        "the unit's 18 characters; without it the unit's name",
        cells.text(18),
        ("单位代码", "企业代码", "组织机构代码", "信用代码", "unit code"),
    ),
    Column(
        "unit_name",
        "单位名称",
        False,
        "the unit's whole name, where no code is given",
        cells.text(120),
        ("用能单位名称", "使用单位", "企业名称", "单位", "unit", "unit name"),
    ),
)
NUMBER = Column(
    "number",
    "管理编号",
    True,
    "the unit's own number, else the maker's",
    cells.text(60),
    ("用能单位管理编号", "器具编号", "内部编号", "设备编号", "仪表编号", "编号", "own number"),
)
SERIAL = Column(
    "serial_number",
    "出厂编号",
    False,
    "the maker's number",
    cells.text(60),
    ("出厂号", "表号", "serial", "serial number"),
)
CLASS = Column(
    "accuracy_class",
    "准确度等级",
    False,
    "as its valid certificate says",
    cells.text(20),
    ("准确度", "精度等级", "精度", "等级", "accuracy", "class"),
)
NAME = Column(
    "name",
    "计量器具名称",
    True,
    "its name, like 电能表",
    cells.text(120),
    ("器具名称", "仪表名称", "名称", "instrument", "instrument name"),
)
MODEL = Column(
    "model",
    "型号规格",
    False,
    "its model",
    cells.text(80),
    ("规格型号", "型号", "规格", "type"),
)


# Of a certificate; the list of certificates needs the day of each.
CERTIFICATE = (
    Column(
        "certificate_number",
        "证书编号",
        False,
        "number of the certificate",
        cells.text(80),
        ("检定证书编号", "证书号", "检定证书号", "校准证书编号", "报告编号", "certificate"),
    ),
    Column(
        "certificate_kind",
        "检定或校准",
        False,
        "检定 or 校准; default 检定",
        cells.choice(_KINDS),
        ("溯源方式", "检定/校准", "检校类型", "证书类型"),
    ),
    Column(
        "verified_on",
        "检定日期",
        False,
        "day on which it was verified or calibrated",
        day,
        (
            "最近检定日期",
            "校准日期",
            "检定/校准日期",
            "检定时间",
            "上次检定日期",
            "本次检定日期",
        ),
    ),
    Column(
        "valid_until",
        "有效期至",
        False,
        "last day on which the certificate holds, as it states",
        day,
        ("证书有效期", "有效日期", "有效期", "检定有效期", "有效期截止"),
    ),
    Column(
        "next_due",
        "下次检定日期",
        False,
        "day on which it is due, as the certificate states; else the cycle says so",
        day,
        ("下次检定时间", "下次校准日期", "应检日期", "下检日期", "next due"),
    ),
    Column(
        "result",
        "检定结果",
        False,
        "合格, 准用 or 不合格; default 合格",
        cells.choice(_RESULTS),
        ("检定结论", "结论", "校准结果", "result"),
    ),
    Column(
        "body",
        "检定机构",
        False,
        "who verified or calibrated",
        cells.text(120),
        ("检定单位", "校准机构", "检定/校准机构", "检验机构", "技术机构"),
    ),
)
FURTHER = (
    Column(
        "kind",
        "器具种类",
        False,
        "code or name of its kind; else as its name says",
        kind,
        ("器具类型", "种类", "计量器具类型", "kind"),
    ),
    Column(
        "maker",
        "生产厂家",
        False,
        "its maker",
        cells.text(120),
        ("制造厂", "制造单位", "厂家", "生产企业", "制造商", "manufacturer"),
    ),
    Column(
        "measuring_range",
        "测量范围",
        False,
        "what it measures within",
        cells.text(80),
        ("量程", "测量范围/量程", "range"),
    ),
    Column(
        "place",
        "安装使用地点及用途",
        False,
        "where it stands and what for",
        cells.text(200),
        ("安装地点", "安装位置", "使用地点", "使用部门", "安装使用地点", "用途", "location"),
    ),
    Column(
        "nominal_diameter",
        "公称通径",
        False,
        "nominal diameter, like DN50; decides the cycle of water meters",
        diameter,
        ("公称口径", "口径", "通径", "DN"),
    ),
    Column(
        "is_mandatory",
        "强制检定",
        False,
        "是 or 否",
        is_so,
        ("是否强检", "是否强制检定", "强检"),
    ),
    Column(
        "cycle",
        "检定周期",
        False,
        "the unit's own cycle, like 12, 6个月 or 2年",
        months,
        ("检定周期/校准间隔", "校准间隔", "检定/校准周期", "周期", "检定周期(月)"),
    ),
    Column(
        "status",
        "状态",
        False,
        "合格, 准用 or 停用, as it is now",
        cells.choice(_CONDITIONS),
        ("使用状态", "器具状态", "合格/准用/停用", "status"),
    ),
    Column(
        "point_code",
        "计量点编号",
        False,
        "the point it stands at",
        cells.text(40),
        ("计量点", "采集点编号", "测点编号"),
    ),
    Column(
        "valid_from",
        "起始时间",
        False,
        "local date or time since when it stands there; default 2000-01-01",
        cells.moment,
        ("安装日期", "安装时间", "启用日期", "投用日期"),
    ),
)
