"""The columns of a list of metering points, and what a cell of them may say."""

from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Column
from hengneng.registry.points.models import Flow, MeteringLevel, PointKind

BEGINNING = cells.moment("2000-01-01")
DEFAULT_REGISTER = "total"
_LEVELS = {
    "1": MeteringLevel.LEVEL_1,
    "2": MeteringLevel.LEVEL_2,
    "3": MeteringLevel.LEVEL_3,
    "other": MeteringLevel.OTHER,
    "level_1": MeteringLevel.LEVEL_1,
    "level_2": MeteringLevel.LEVEL_2,
    "level_3": MeteringLevel.LEVEL_3,
    "一级": MeteringLevel.LEVEL_1,
    "二级": MeteringLevel.LEVEL_2,
    "三级": MeteringLevel.LEVEL_3,
    "其他": MeteringLevel.OTHER,
}
_FLOWS = {
    "bought": Flow.BOUGHT,
    "generated": Flow.GENERATED,
    "stored": Flow.STORED,
    "supplied_out": Flow.SUPPLIED_OUT,
    "conversion_output": Flow.CONVERSION_OUTPUT,
    "购进": Flow.BOUGHT,
    "自产": Flow.GENERATED,
    "库存": Flow.STORED,
    "外供": Flow.SUPPLIED_OUT,
    "加工转换产出": Flow.CONVERSION_OUTPUT,
}
_KINDS = {
    "register": PointKind.REGISTER,
    "increment": PointKind.INCREMENT,
    "示值": PointKind.REGISTER,
    "用量": PointKind.INCREMENT,
}
_SLOTS_SECONDS = {"5": "300", "15": "900", "30": "1800", "60": "3600"}

COLUMNS: tuple[Column, ...] = (
    Column(
        "unit_code",
        "统一社会信用代码",
        True,
        "the unit's 18 characters",
        cells.text(18),
        ("社会信用代码", "信用代码"),
    ),
    Column(
        "code",
        "计量点编号",
        True,
        "the unit's short name of the place",
        cells.text(40),
        ("计量点代码", "采集点编号", "测点编号"),
    ),
    Column(
        "name",
        "计量点名称",
        True,
        "name of the place",
        cells.text(120),
        ("采集点名称", "测点名称", "安装使用地点及用途"),
    ),
    Column(
        "energy_type",
        "能源品种",
        True,
        "code or Chinese name, like 电力; an indicator's like 产品产量",
        cells.text(60),
        ("能源种类", "用能种类", "指标"),
    ),
    Column(
        "level",
        "计量级别",
        True,
        "1, 2, 3 or other; an indicator's is other",
        cells.choice(_LEVELS),
        ("级别", "计量等级", "计量层级"),
    ),
    Column(
        "flow",
        "能源流向",
        False,
        f"{', '.join(Flow)}; default BOUGHT",
        cells.choice(_FLOWS),
        ("流向",),
    ),
    Column("kind", "数据类型", True, "register or increment", cells.choice(_KINDS), ("数据种类",)),
    Column(
        "slot_minutes",
        "时段分钟数",
        False,
        "5, 15, 30 or 60; default 15",
        cells.choice(_SLOTS_SECONDS),
        ("采集间隔", "采集周期"),
    ),
    Column(
        "data_code",
        "采集数据编码",
        False,
        "16 digits, dashed or not; of increments",
        cells.text(20),
        ("数据编码", "采集编码"),
    ),
    Column(
        "meter",
        "表具地址",
        False,
        "the meter's name on the wire; of registers",
        cells.text(40),
        ("表地址", "通信地址"),
    ),
    Column(
        "register",
        "寄存器",
        False,
        f"the meter's register; default {DEFAULT_REGISTER}",
        cells.text(40),
    ),
    Column(
        "capacity",
        "满码值",
        False,
        "the register's modulus, like 1000000",
        cells.number,
        ("满度值", "最大读数"),
    ),
    Column(
        "ratio",
        "倍率",
        False,
        "CT × PT, like 2000/5*10000/100; default 1",
        cells.ratio,
        ("综合倍率", "变比"),
    ),
    Column(
        "site_code",
        "场所编号",
        False,
        "one of the unit's sites",
        cells.text(20),
        ("场所", "厂区编号"),
    ),
    Column(
        "parent_code",
        "上级计量点编号",
        False,
        "the point above it, known or in this list",
        cells.text(40),
        ("上级编号", "上级计量点"),
    ),
    Column(
        "consumer_code",
        "用能对象编号",
        False,
        "the sub-unit or equipment whose consumption it meters; import equipment first",
        cells.text(40),
        ("次级用能单位编号", "用能设备编号", "设备编号"),
    ),
    Column(
        "valid_from",
        "起始时间",
        False,
        "local date or time since when it is so; default 2000-01-01, so that history counts",
        cells.moment,
        ("启用时间", "投用日期"),
    ),
)
