"""The yearly arrangements of holidays and what reads them."""
