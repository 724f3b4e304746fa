"""The file that the program carries: pieces of words, and one row of int8 for each.

All numbers are little-endian. The parts follow each other without gaps:

    magic    8 bytes    b"docstat1"
    counts   5 uint32   dimensions, pieces, rows, slots (a power of two), bytes of text
    rows     int8       rows x dimensions; row i belongs to piece i
    scales   float32    rows; a row's numbers are its int8 times its scale
    ends     uint32     pieces; where each piece ends in text
    slots    uint16     pieces by hash, open addressing: 1 + piece, 0 is empty
    text     bytes      the pieces, one after the other; those that continue a word begin with ##

Pieces beyond `rows` are known to the tokenizer and say nothing.
"""

import struct

import numpy as np

MAGIC = b"docstat1"
SLOTS = 1 << 16


def quantise(vectors):
    """Rows as int8 and their scales."""
    scales = np.abs(vectors).max(axis=1) / 127
    scales[scales == 0] = 1
    rows = np.rint(vectors / scales[:, None]).astype(np.int8)
    return rows, scales.astype(np.float32)


def fnv(piece):
    """FNV-1a, 32 bits, of a piece's bytes."""
    h = 2166136261
    for b in piece:
        h = (h ^ b) * 16777619 & 0xFFFFFFFF
    return h


def slots(pieces):
    """Where each piece is found: at its hash or, if that is taken, after it."""
    table = np.zeros(SLOTS, np.uint16)
    for i, piece in enumerate(pieces):
        h = fnv(piece)
        at = (h ^ h >> 16) & SLOTS - 1
        while table[at]:
            at = at + 1 & SLOTS - 1
        table[at] = i + 1
    return table


def write(path, pieces, rows, scales):
    """Writes the file; pieces with rows come first."""
    pieces = [p.encode() for p in pieces]
    ends = np.cumsum([len(p) for p in pieces]).astype("<u4")
    text = b"".join(pieces)
    with open(path, "wb") as f:
        f.write(MAGIC + struct.pack("<5I", rows.shape[1], len(pieces), len(rows), SLOTS, len(text)))
        f.write(rows.tobytes() + scales.astype("<f4").tobytes())
        f.write(ends.tobytes() + slots(pieces).astype("<u2").tobytes() + text)
