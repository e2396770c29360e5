"""When a sentence is too unsure to answer: `python -m eval.bench.abstention [--data DIR] [--cases PATH]`.

Asks every case, keeps what the confidence of its best sentence was computed from, refits the logistic model of
`assistant.evidence.confidence` on the split `train`, and prints its coefficients and what each threshold does on `test`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evidence import Passage, confidence
from assistant.question import Question
