"""Measurements behind the decisions in docs/decisions: ratios within one run, against a named alternative."""
