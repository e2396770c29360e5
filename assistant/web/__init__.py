"""The page: chat on the left, the evidence beside it."""

import os

import knowledge.offline  # noqa: F401 - before any library of the page is imported

# Read by fastapi and gradio: the page reports nothing to anyone, whatever the surrounding shell has switched on for
# other programs, and no statistics are computed after every question.
os.environ["FASTAPI_OTEL_AUTO_CONFIGURE"] = "false"
os.environ["OTEL_SDK_DISABLED"] = "true"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
