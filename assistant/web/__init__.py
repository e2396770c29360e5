"""The page: chat on the left, the evidence beside it."""

import os

import knowledge.offline  # noqa: F401 - before any library of the page is imported

# Read by gradio when it is imported: the page reports nothing to anyone.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
