"""Tests of Tieout."""
