"""The page: chat on the left, the evidence beside it."""

import os

# Read by gradio and huggingface-hub when they are imported: the page reports nothing to anyone.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
