"""Gives the teacher's vectors of texts: that of the first token, of length 1."""

import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL, TOKENIZER = "bge-small-en-v1.5-q.onnx", "bge-small-en-v1.5-q-tokenizer.json"
MAX_TOKENS = 128
BATCH = 32


class Teacher:
    def __init__(self, folder):
        self.tokenizer = Tokenizer.from_file(f"{folder}/{TOKENIZER}")
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self.session = onnxruntime.InferenceSession(f"{folder}/{MODEL}", options, providers=["CPUExecutionProvider"])

    def embed(self, texts):
        """A row for each text. Texts of like length go together, so that padding costs little."""
        ids = [e.ids for e in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors = np.zeros((len(ids), 384), np.float32)
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            vectors[batch] = self.first_tokens([ids[i] for i in batch])
            if begin // BATCH % 500 == 0:
                print(f"{begin} of {len(order)}", flush=True)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def first_tokens(self, batch):
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(batch):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return self.session.run(None, inputs)[0][:, 0]


def main(folder, texts, out):
    """Writes the vectors of texts and, beside them, of each piece of the vocabulary alone."""
    teacher = Teacher(folder)
    vocabulary = teacher.tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.get)
    with open(texts) as f:
        vectors = teacher.embed([json.loads(line)[-1] for line in f])
    alone = teacher.embed([piece.removeprefix("##") for piece in pieces])
    np.savez(out, texts=vectors.astype(np.float16), pieces=alone.astype(np.float16))


if __name__ == "__main__":
    main(*sys.argv[1:])
