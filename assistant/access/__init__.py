"""Who is asking, and what they may do."""

from assistant.access.caller import Caller, NoCaller, Role, caller_of
from assistant.access.middleware import Access, Visit, visit_of
from assistant.access.rates import Limiter, RateLimits
from assistant.access.service import Accounts
from assistant.access.table import CHAT, DESK, MAINTAIN, SURFACES, TABLE, Guard, Surface, guard_of

__all__ = [
    "CHAT",
    "DESK",
    "MAINTAIN",
    "SURFACES",
    "TABLE",
    "Access",
    "Accounts",
    "Caller",
    "Guard",
    "Limiter",
    "NoCaller",
    "RateLimits",
    "Role",
    "Surface",
    "Visit",
    "caller_of",
    "guard_of",
    "visit_of",
]
