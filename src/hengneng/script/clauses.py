"""The clauses a room may name: the Notice's headings, and the standards of its field.

SOURCE: Notice 321 (2020) of the Shanghai Administration for Market Regulation, its own headings.
"""

import re

NOTICE = {
    "head": "各区市场监管局，机场分局，市计量测试技术研究院，各重点用能单位",
    "一": "依法加强能源计量监管",
    "一(一)": "加强能源计量监管力度，落实用能单位主体责任",
    "一(二)": "发挥信息化支撑作用，提高能源计量监管效能",
    "二": "持续开展能源计量审查",
    "二(一)": "审查对象及组织方式",
    "二(二)": "审查安排及实施要求",
    "二(二)1": "培训自查",
    "二(二)2": "实施审查",
    "二(二)3": "人员安排",
    "二(三)": "总结报送与督促整改",
    "三": "全面推进关口及二、三级能耗数据采集",
    "三(一)": "采集工作要求",
    "三(二)": "采集宣贯推进",
    "三(二)1": "宣贯动员",
    "三(二)2": "采集上传",
    "三(二)3": "数据管理",
    "三(三)": "扶持资金支持",
    "四": "持续保障能耗数据稳定，有效发挥量化支撑作用",
    "四(一)": "做好维护提高能耗数据质量",
    "四(二)": "拓展重点领域能耗数据采集",
    "四(三)": "响应需求发挥能耗数据效用",
    "五": "保障措施",
    "五(一)": "加强领导",
    "五(二)": "加强指导",
    "五(三)": "经费安排",
    "annex 1": "2020年能源计量审查用能单位名单(26家)",
    "annex 2": "技术支持联系表",
    "annex 3": "上海市2019年重点用能(排放)单位名单",
    "annex 4": "能耗在线监测系统建设专项扶持资金申报指南",
}

# What else a duty may rest on. A new one is added here first, with the text in hand.
STANDARDS = (
    "CJ/T 188",
    "DL/T 645",
    "Energy Conservation Law",
    "GB 17167",
    "GB/T 2260",
    "GB/T 2589",
    "GB/T 29873",
    "GB/T 37947",
    "GB/T 38692",
    "GB/T 43866",
    "HJ 212",
    "JJF 1356",
    "Measures 132",
    "NECC-NHJC",
)
# The house's own papers say how, never why: a room that cites only them names no duty.
PAPERS = ("ARCHITECTURE", "GLOSSARY", "LOOK", "SQL", "STYLE", "decision")

_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」")
_CLAUSE = re.compile(r"head\b|annex \d|[一二三四五六七八九](?:\([一二三四五六七八九]\)\d?)?")
_ROMAN = re.compile(r"\b(I{1,3}|IV|V)(?:\((\d)\)(\d)?)?(?![\w.])")
_NUMERALS = "一二三四五六七八九"
_ROMANS = {"I": "一", "II": "二", "III": "三", "IV": "四", "V": "五"}


def notice_clauses(text: str) -> list[str]:
    """Return the Notice's clauses that a docstring's clause line names, as written there.

    >>> notice_clauses('Notice 三(二)2 "一级", 四; JJF 1356, form B.3')
    ['三(二)2', '四']
    >>> notice_clauses("Notice 321 (2020), II(2)2")
    ['二(二)2']
    """
    found: list[str] = []
    for part in _parts(text):
        if part.startswith("Notice"):
            found += _CLAUSE.findall(part)
            found += [_from_roman(*match) for match in _ROMAN.findall(part)]
    return found


def unknown_sources(text: str) -> list[str]:
    """Return what a clause line names that is neither in the Notice nor a known source.

    >>> unknown_sources("Notice 二(九); GB 17167 (levels); Hearsay 7")
    ['二(九)', 'Hearsay 7']
    """
    strange = [clause for clause in notice_clauses(text) if clause not in NOTICE]
    known = ("Notice", *STANDARDS, *PAPERS)
    return strange + [part for part in _parts(text) if not part.startswith(known)]


def names_a_duty(text: str) -> bool:
    """Answer whether a clause line names the Notice or a standard, not the house's papers only."""
    return bool(notice_clauses(text)) or any(part.startswith(STANDARDS) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """Return the sources of a clause line, quotations taken out, parentheses made plain."""
    plain = _QUOTED.sub("", text.replace("（", "(").replace("）", ")"))
    return [" ".join(part.split()) for part in plain.split(";") if part.strip()]


def _from_roman(chapter: str, section: str, item: str) -> str:
    """Return the Notice's own numbering of a clause cited with Roman numerals."""
    return _ROMANS[chapter] + (f"({_NUMERALS[int(section) - 1]}){item}" if section else "")
