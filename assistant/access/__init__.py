"""Who is asking, and what they may do."""

from assistant.access.accounts import Account, AccountRepository, MemoryAccounts
from assistant.access.caller import Caller, NoCaller, Role, caller_of
from assistant.access.middleware import Access
from assistant.access.service import Accounts
from assistant.access.table import DESK, MAINTAIN, SURFACES, TABLE, Guard, Surface, guard_of

__all__ = [
    "DESK",
    "MAINTAIN",
    "SURFACES",
    "TABLE",
    "Access",
    "Account",
    "AccountRepository",
    "Accounts",
    "Caller",
    "Guard",
    "MemoryAccounts",
    "NoCaller",
    "Role",
    "Surface",
    "caller_of",
    "guard_of",
]
