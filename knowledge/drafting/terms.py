"""What a document means by leading the drafting: the place in the list of drafters, read from its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import either, load_vocabulary
from knowledge.model import Span


@dataclass(frozen=True, slots=True)
class LeadTerm:
    """The document counts as lead whoever is named among the first `rank_max` drafters; it says so at `span`."""

    rank_max: int
    span: Span


def find_lead_term(reading: Reading) -> LeadTerm | None:
    """The first definition of a lead by rank; null where the document gives none."""
    lead = either(load_vocabulary().roles["lead"])
    defining = re.compile(rf"{lead}[^。;]{{0,16}}?(?:是指|系指|指的是|指|即|是|应为|须为|认定为|\()")
    for match in defining.finditer(reading.plain):
        end = reading.sentence_at(match.start()).end
        for token in reading.tokens_in(Span(match.end(), min(end, match.end() + 60))):
            if token.kind == "rank" and token.value.startswith("rank:1"):
                last = token.value.partition("-")[2]
                if token.value == "rank:1" or last:
                    return LeadTerm(int(last or 1), reading.sentence_at(match.start()))
    return None
