"""Regular days in columns are what the general way gives, and nothing is left out by both."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from hengneng.protocol.records import DAY_SECONDS, DIGITS_MAX
from hengneng.telemetry.consumption.rules import columns, sheets
from hengneng.telemetry.consumption.rules.digest import Entry
from hengneng.telemetry.consumption.rules.registers import Exchange, Limits, Stretch
from hengneng.telemetry.consumption.rules.stitch import stitch
from hengneng.telemetry.consumption.rules.tracks import Track

LIMITS = Limits(tolerance_s=60, rollover_share=Fraction(1, 10))
DAY = 20_000
OPENING = DAY * DAY_SECONDS
DAYS = [DAY, DAY + 1]
SLOT = 7200


def track(number, key, *, ratio=1, start=0, end=None, exchanges=()):
    return Track(number, [Stretch(start, end, key, Fraction(ratio), None, SLOT)], exchanges)


def both_ways(tracks, window, limits=LIMITS):
    """Return what comes of the two ways, by point and day."""
    whole = columns.of_entries(window)
    found = sheets.sort_out(tracks, whole, days=DAYS, limits=limits)
    quick = [pair for sheet in found.sheets for pair in sheet.point_days()]
    for place, days in found.others.items():
        worked = stitch(tracks[place], columns.Unfolded(whole), days=days, limits=limits)
        quick += [(tracks[place].point_id, one) for one in worked]
    general = [
        (one.point_id, day)
        for one in tracks
        for day in stitch(one, window, days=DAYS, limits=limits)
    ]
    return sorted(quick, key=_key), sorted(general, key=_key), found


def _key(pair):
    return pair[0], pair[1].day


def plain(pair):
    """Return a pair without the marks of the registers, which no row keeps."""
    point, day = pair
    ends = [None if one is None else one._replace(mark="M") for one in (day.first, day.last)]
    return point, day._replace(first=ends[0], last=ends[1])


def rows(first, steps, *, digits=0, grows):
    """Return entries slot by slot: each step a size, an offset, a mark and a scale; or a hole."""
    found, value = [], digits
    for n, step in enumerate(steps):
        if step is None:
            continue
        size, off, mark, scale = step
        value = value + size if grows else size
        found.append(Entry(OPENING + (first + n) * SLOT + off, value, scale, mark))
    return found


usual = st.tuples(st.integers(0, 9), st.just(0), st.sampled_from("MMMML"), st.just(1))
strange = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from([3, -2, 0, DIGITS_MAX // 8, -(DIGITS_MAX // 8)]),
        st.sampled_from([0, 0, 40, -40, -50, 3600]), st.sampled_from("MLHSR"), st.integers(0, 2),
    ),
)  # fmt: skip
days_of_slots = st.tuples(
    st.integers(-7, 14), st.lists(st.one_of(*[usual] * 30, strange), min_size=0, max_size=40)
)
ratios = st.sampled_from([1, 1, 40, Fraction(1, 3), 10**7])
spans = st.sampled_from([{}, {}, {}, {"start": OPENING + 3600}, {"end": OPENING + DAY_SECONDS}])


@settings(deadline=None)
@given(st.lists(st.tuples(days_of_slots, ratios, spans, st.booleans()), max_size=4))
def test_registers(points):
    tracks, window = [], {}
    for number, ((first, steps), ratio, span, is_exchanged) in enumerate(points):
        key = f"R:M{number}:total"
        some = [row for row in rows(first, steps, digits=50, grows=True) if row.digits >= 0]
        window[key] = sorted({row.at: row for row in some}.values())
        exchanges = (
            [Exchange(OPENING + 9000, Decimal(60), Decimal(3))] if is_exchanged and number else []
        )
        tracks.append(track(number, key, ratio=ratio, exchanges=exchanges, **span))

    quick, general, _ = both_ways(tracks, window)

    assert list(map(plain, quick)) == list(map(plain, general))


records = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 500), st.sampled_from("MLHR")), max_size=2
)


@settings(deadline=None)
@given(st.lists(st.tuples(days_of_slots, ratios, spans, records), max_size=4), st.booleans())
def test_increments(points, realtime_first):
    tracks, window = [], {}
    for number, ((first, steps), ratio, span, told) in enumerate(points):
        code = f":{number:016}"
        some = rows(first, steps, grows=False)
        window[f"N0{code}"] = sorted({row.at: row for row in some}.values())
        totals = {day: Entry(OPENING + day * DAY_SECONDS, n, 1, m) for day, n, m in told}
        window[f"N1{code}"] = [totals[day] for day in sorted(totals)]
        tracks.append(track(number, f"N{code}", ratio=ratio, **span))

    limits = LIMITS._replace(realtime_first=realtime_first)
    quick, general, _ = both_ways(tracks, window, limits)

    assert quick == general


def test_a_whole_day_is_regular():
    window = {
        "R:M1:total": rows(0, [(5, 0, "M", 1)] * 25, grows=True),
        "N0:0000000000000001": rows(0, [(5, 0, "M", 1)] * 24, grows=False),
        "N1:0000000000000001": [Entry(OPENING, 61, 1, "M")],
    }
    tracks = [track(1, "R:M1:total"), track(2, "N:0000000000000001")]

    quick, general, found = both_ways(tracks, window)

    assert found.others == {}
    assert len(quick) == 4
    assert list(map(plain, quick)) == list(map(plain, general))
    assert [day.amount.basis for point, day in quick if point == 2] == ["DAY_RECORD", "REALTIME"]


def test_a_day_of_which_nothing_came_is_nowhere():
    _, general, found = both_ways([track(1, "R:M1:total"), track(2, "N:0000000000000001")], {})

    assert general == []
    assert found.others == {}
    assert [len(sheet.points) for sheet in found.sheets] == [0, 0]
