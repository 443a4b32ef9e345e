"""Hengneng 衡能: a city's energy metering, from the meter's reading to the reviewed report.

The folders are the duties of the year's notice (Notice 321 (2020)); ``docs/explanation/where.md``
says where a file goes. Floors, top first: demo, web, telemetry, people, registry, kernel, protocol.
"""
