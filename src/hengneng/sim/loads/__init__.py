"""What buildings use: figures derived from 26 real ones, or their real series.

``weeks.csv`` holds the mean day by season and kind of day with its scatter; ``derive.py`` makes it
from the data folder (ARCHITECTURE 11). ``days`` turns either into integers that registers
integrate exactly.
"""
