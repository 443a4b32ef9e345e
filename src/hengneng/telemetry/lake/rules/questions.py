"""Five questions of a city over closed months, in words that every engine understands.

They are asked of three tables that each engine lays over its own data first: ``lake`` (a row for
each point's day), ``slot`` (a row for each known slot of a quarter of an hour or shorter, ``nano``
in 10⁻⁹ of the unit of measure) and ``units``. So PostgreSQL, DuckDB and Spark answer the same text,
exactly.
"""

QUESTIONS = {
    "month_by_district": """
SELECT lake.month, lake.district, lake.energy_type, lake.flow, sum(lake.amount) AS amount
FROM lake WHERE lake.level = 'LEVEL_1'
GROUP BY lake.month, lake.district, lake.energy_type, lake.flow
ORDER BY lake.month, lake.district, lake.energy_type, lake.flow
""",
    "year_by_sector": """
SELECT units.sector, lake.energy_type, lake.flow, sum(lake.amount) AS amount
FROM lake JOIN units ON units.unit_id = lake.unit_id WHERE lake.level = 'LEVEL_1'
GROUP BY units.sector, lake.energy_type, lake.flow
ORDER BY units.sector, lake.energy_type, lake.flow
""",
    "city_peak": """
SELECT slot.day, slot.quarter, sum(slot.nano) AS nano
FROM slot WHERE slot.level = 'LEVEL_1' AND slot.energy_type = 'ELECTRICITY'
    AND slot.flow = 'BOUGHT'
GROUP BY slot.day, slot.quarter ORDER BY nano DESC, slot.day, slot.quarter LIMIT 1
""",
    "estimated_by_month": """
SELECT lake.month, lake.energy_type, sum(lake.estimated) AS estimated, sum(lake.amount) AS amount
FROM lake WHERE lake.level = 'LEVEL_1'
GROUP BY lake.month, lake.energy_type ORDER BY lake.month, lake.energy_type
""",
    "top_units": """
SELECT lake.unit_id, sum(lake.amount) AS amount
FROM lake WHERE lake.level = 'LEVEL_1' AND lake.energy_type = 'ELECTRICITY'
    AND lake.flow = 'BOUGHT' AND lake.amount IS NOT NULL
GROUP BY lake.unit_id ORDER BY amount DESC, lake.unit_id LIMIT 20
""",
}

# How each engine lays the table of slots over the files of the months.
SLOTS = {
    "duckdb": """
SELECT unit_id, level, energy_type, flow, day, ((place - 1) * slot_seconds) // 900 AS quarter,
    value::HUGEINT * (10 ** (9 - scale))::BIGINT AS nano
FROM (
    SELECT unit_id, level, energy_type, flow, day, slot_seconds, scale, unnest("values") AS value,
        generate_subscripts("values", 1) AS place
    FROM files WHERE slot_seconds <= 900
) AS every WHERE value IS NOT NULL
""",
    "spark": """
SELECT unit_id, level, energy_type, flow, day,
    CAST(place * slot_seconds DIV 900 AS BIGINT) AS quarter,
    CAST(value AS DECIMAL(19, 0)) * CAST(pow(10, 9 - scale) AS DECIMAL(10, 0)) AS nano
FROM (
    SELECT unit_id, level, energy_type, flow, day, slot_seconds, scale,
        posexplode(`values`) AS (place, value)
    FROM files WHERE slot_seconds <= 900
) AS every WHERE value IS NOT NULL
""",
}
