"""Keeps libraries from sending anything anywhere; importing this module is enough.

Questions and policy drafts may be confidential, so tracing and telemetry are switched off even where the
surrounding shell has switched them on for other programs.
"""

from __future__ import annotations

import os

SILENCED = {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
}

os.environ.update(SILENCED)
