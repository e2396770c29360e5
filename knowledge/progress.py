"""How slow work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

# Called with (items done, items in all), from the thread that does the work.
Progress = Callable[[int, int], None]
