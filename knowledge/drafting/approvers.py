"""Levels that an office says: 经国家标准化管理委员会批准的试点 is a national one, and one 由省级主管部门立项的 a provincial one."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.drafting.vocabulary import either, load_vocabulary

# What such a level is of: whatever the office issued, a standard too; or what it gave a name, which is no standard.
ISSUED, CONFERRED = "issued", "conferred"
# Between an office and what it does: 省农业农村厅、省财政厅联合批准.
_WITH_OTHERS = r"(?:(?:、|和|及|与|会同|联合)[一-龥]{2,10}?(?:局|厅|委|部门|部))?(?:正式|联合|组织|统一|共同)?"


@lru_cache(maxsize=1)
def office_pattern() -> re.Pattern[str]:
    """An office and what it did, as an attribute; its groups `issued` and `conferred` say which, the others its level."""
    levels = load_vocabulary().levels
    offices = "|".join(f"(?P<{level}>{either(names)})" for level, names in levels.offices.items())
    return re.compile(
        rf"(?:{offices}){_WITH_OTHERS}"
        rf"(?:(?P<{ISSUED}>{either(levels.issuing)})|(?P<{CONFERRED}>{either(levels.conferring)}))(?=[一-龥]{{0,4}}?的)"
    )
