"""Reward rules proposed from the text of one policy document, for a person to review."""

from knowledge.drafting.draft import Draft, DraftedRule, IgnoredAmount, draft_rules

__all__ = ["Draft", "DraftedRule", "IgnoredAmount", "draft_rules"]
