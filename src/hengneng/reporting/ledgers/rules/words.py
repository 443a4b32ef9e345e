"""Words and numbers as the forms write them."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

NOT_RECORDED = "未登记"
NOT_KNOWN = "无数据"
NOT_ASKED = "/"
LEVELS = {
    "LEVEL_1": "进出用能单位",
    "LEVEL_2": "进出主要次级用能单位",
    "LEVEL_3": "主要用能设备",
    "OTHER": "其他",
}
LEVELS_SHORT = {"LEVEL_1": "一级", "LEVEL_2": "二级", "LEVEL_3": "三级", "OTHER": "其他"}
CONDITIONS = {"QUALIFIED": "合格", "LIMITED": "准用", "STOPPED": "停用"}
# Who works on metering, by the role in which the unit named them (registry/units).
STAFF_ROLES = {"METERING_LEAD": "能源计量负责人", "METERING_STAFF": "能源计量工作人员"}
STATED = "（台账）"
BY_PAPERS = "（填报）"
# Verdicts of checks, and why (registry/equipping).
VERDICTS = {"FINE": "符合", "PROBLEM": "不符合", "NOT_CHECKED": "未判定"}
BECAUSE = {
    "RATE_REACHED": "达到要求的配备率",
    "RATE_MISSED": "未达到要求的配备率",
    "NOTHING_NEEDED": "无需配备",
    "NO_EDITION": "当日没有适用的标准版本",
    "EMPTY_EDITION": "标准要求尚未载入平台",
    "NO_VALUE": "标准未列出要求",
    "OPEN_VALUE": "要求值来源不一，待核对标准原文",
    "NO_SUB_UNIT": "未登记次级用能单位",
    "NO_EQUIPMENT": "未登记用能设备",
    "NO_BOUNDARY_POINT": "未登记进出用能单位计量点",
    "UNDECIDED_CONSUMERS": "部分次级用能单位或用能设备是否为主要的尚未判定",
    "CLASS_REACHED": "达到要求的准确度等级",
    "CLASS_MISSED": "未达到要求的准确度等级",
    "NO_CLASS": "未登记准确度等级",
    "CLASS_NOT_READ": "准确度等级无法识别",
    "CONDITION_UNKNOWN": "使用条件未登记，无法确定适用的要求",
    "ALL_IN_DATE": "均在有效期内",
    "SOME_OVERDUE": "有器具超过有效期",
    "SOME_WITHOUT_DATE": "有器具缺少有效期信息",
    "NO_INSTRUMENT": "没有计量器具",
}
_HUNDREDTH, _TENTH = Decimal("0.01"), Decimal("0.1")
# Amounts have 40 digits; the usual 28 would refuse to round the largest.
_WIDE = Context(prec=100)


def percent(share: Decimal) -> str:
    """Return a share in percent, cut off after one decimal, so that 100 is said of all only.

    >>> percent(Decimal("0.95")), percent(Decimal("0.9999")), percent(Decimal(1))
    ('95', '99.9', '100')
    """
    return short((share * 100).quantize(_TENTH, rounding=ROUND_DOWN))


def rounded(amount: Decimal) -> str:
    """Return an amount to two decimals, a half to the even one.

    >>> rounded(Decimal("0.125")), rounded(Decimal("0.135")), rounded(Decimal("1200"))
    ('0.12', '0.14', '1200.00')
    """
    return format(amount.quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN, context=_WIDE), "f")


def short(number: Decimal) -> str:
    """Return a number without zeros at its end.

    >>> short(Decimal("0.1229000000")), short(Decimal("100"))
    ('0.1229', '100')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return what a number is sorted by, so that N-2 stands before N-10.

    >>> sorted(["N-10", "N-2", "M"], key=in_order)
    ['M', 'N-2', 'N-10']
    """
    parts = re.split(r"([0-9]+)", text)
    return tuple((int(part), "") if n % 2 else (-1, part) for n, part in enumerate(parts))


def cycle(months: int | None, *, is_own: bool, is_replaced: bool) -> str:
    """Return a verification cycle as form B.3 writes it; empty where it is not known.

    Args:
        months: How long. [months]
        is_own: Whether the unit set it itself.
        is_replaced: Whether the instrument is replaced then, not verified again.

    >>> cycle(72, is_own=False, is_replaced=True), cycle(6, is_own=True, is_replaced=False)
    ('72个月，到期轮换', '6个月（自定）')
    """
    if months is None:
        return ""
    own, replaced = "（自定）" if is_own else "", "，到期轮换" if is_replaced else ""
    return f"{months}个月{own}{replaced}"


def class_held(accuracy_class: str, *, certificate: str) -> str:
    """Return an accuracy class as the forms write it; one that no certificate gives says so.

    Args:
        accuracy_class: The class; empty: not known.
        certificate: Number of the valid certificate that gives it; empty: the ledger states it.

    Source:
        JJF 1356-2012, form B.3: the class that the valid certificate gives, as training material
        explains it.

    >>> class_held("0.5S", certificate="J-1"), class_held("0.5S", certificate="")
    ('0.5S', '0.5S（台账）')
    """
    if certificate or not accuracy_class:
        return accuracy_class
    return f"{accuracy_class}{STATED}"
