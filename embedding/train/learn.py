"""Learns the rows, and writes the table.

1. Each piece begins with the teacher's vector of it alone, by principal components in fewer
   dimensions, and weighted by a / (a + how frequent it is): common pieces say little.
2. Rows are moved so that texts' vectors come near to the teacher's (cosine). All texts at once, few
   steps: more of them come nearer to the teacher and find less.
3. Rows are moved so that headings and texts of links find their sections among those of others,
   beside the second step's aim.
"""

import argparse
import json
import random

import numpy as np
import scipy.sparse as sparse
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

import held
import reference
import table
from teacher import TOKENIZER
from texts import HELD

DIMENSIONS = 256
COMMON = 1e-3  # a

NEAR_STEPS = 60
NEAR_RATE = 0.02

FIND_STEPS = 300
FIND_RATE = 0.01
FIND_BATCH = 1024
FIND_OF_PACKAGE = 128  # half of a batch are groups of one package: those are hard to tell apart
FIND_TEMPERATURE = 0.05
FIND_NEAR = 20.0  # weight of the second step's aim
FIND_NEAR_BATCH = 2048
PAIRS = {"heading": 1500, "link": 600}  # at most, of a package

NO_PIECE = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}


class Bags:
    """Texts as rows of a sparse matrix: the roots of how often each piece is there."""

    def __init__(self, vocabulary):
        self.tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
        self.tokenizer.normalizer = normalizers.BertNormalizer()
        self.tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self.unknown, self.size = vocabulary["[UNK]"], len(vocabulary)

    def __call__(self, texts):
        ids = [[i for i in e.ids[:512] if i != self.unknown] for e in self.tokenizer.encode_batch(texts)]
        begins = np.cumsum([0] + [len(i) for i in ids])
        flat = np.concatenate([np.array(i, np.int32) for i in ids])
        bags = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, begins), shape=(len(ids), self.size))
        bags.sum_duplicates()
        bags.data = np.sqrt(bags.data)
        return sparse.csr_matrix(bags.multiply(1 / np.maximum(bags.sum(axis=1), 1)))


class Adam:
    def __init__(self, rows):
        self.rows, self.mean, self.square, self.steps = rows, np.zeros_like(rows), np.zeros_like(rows), 0
        self.scale = np.linalg.norm(rows, axis=1).mean() / np.sqrt(rows.shape[1])

    def step(self, gradient, rate):
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient * gradient - self.square)
        mean, square = self.mean / (1 - 0.9**self.steps), self.square / (1 - 0.999**self.steps)
        self.rows -= rate * self.scale * mean / (np.sqrt(square) + 1e-12)


def unit_with_length(sums):
    length = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9
    return sums / length, length


def through_unit(gradient, units, length):
    """The gradient before a vector was brought to length 1."""
    return (gradient - (gradient * units).sum(axis=1, keepdims=True) * units) / length


def near_gradient(bags, turned, targets, rows):
    """Of the mean cosine to the targets, negative."""
    units, length = unit_with_length(bags @ rows)
    return turned @ through_unit(-targets / len(targets), units, length)


def find_gradient(questions, sections, rows):
    """Of the cross entropy of each question's own section, and of each section's own question."""
    q, q_length = unit_with_length(questions @ rows)
    s, s_length = unit_with_length(sections @ rows)
    logits = q @ s.T / FIND_TEMPERATURE
    by_question, by_section = softmax(logits, 1), softmax(logits, 0)
    gradient = (by_question + by_section) / 2 - np.eye(len(logits), dtype=np.float32)
    gradient /= len(logits) * FIND_TEMPERATURE
    return questions.T @ through_unit(gradient @ s, q, q_length) + sections.T @ through_unit(gradient.T @ q, s, s_length)


def softmax(x, axis):
    x = np.exp(x - x.max(axis=axis, keepdims=True))
    return x / x.sum(axis=axis, keepdims=True)


def beginning(bags, alone, targets):
    """The rows to begin with, and the targets in fewer dimensions."""
    centre = targets.mean(axis=0)  # what all texts share tells nothing
    _, axes = np.linalg.eigh(np.cov((targets - centre).T))
    axes = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    frequency = np.asarray((bags > 0).sum(axis=0)).ravel() + 1.0
    weights = COMMON / (COMMON + frequency / frequency.sum())
    rows = ((alone - alone.mean(axis=0)) @ axes) * weights[:, None]
    return rows.astype(np.float32), held.unit((targets - centre) @ axes)


def pairs(pages):
    """Questions, sections and packages: a heading and its section, a link's text and the page's first."""
    rng, found = random.Random(3), {}
    of_path = {(p["package"], p["path"]): p for p in pages}
    for page in pages:
        kinds = found.setdefault(page["package"], {"heading": [], "link": []})
        for heading, text in {s["heading"]: s["text"] for s in page["sections"]}.items():
            if len(text) >= 80 and len(heading.split()) > 1:
                kinds["heading"].append((heading, f"{page['title']}\n{text[:1500]}"))
        for text, path in page["links"]:
            target = of_path.get((page["package"], path))
            first = next((s for s in target["sections"] if len(s["text"]) > 80), None) if target else None
            if first:
                kinds["link"].append((text, f"{target['title']} > {first['heading']}\n{first['text'][:1500]}"))
    chosen = []
    for package, kinds in sorted(found.items()):
        for kind, some in kinds.items():
            some = sorted(set(some))
            rng.shuffle(some)
            chosen += [(q, s, package) for q, s in some[: PAIRS[kind]]]
    return [list(column) for column in zip(*chosen)]


def batches(packages, steps):
    """Places of pairs: half of each batch in groups of one package, half from anywhere."""
    rng, packages = np.random.default_rng(1), np.array(packages)
    groups = [np.flatnonzero(packages == name) for name in sorted(set(packages))]
    for _ in range(steps):
        places = []
        while len(places) < FIND_BATCH // 2:
            group = groups[rng.integers(len(groups))]
            places += list(rng.choice(group, min(len(group), FIND_OF_PACKAGE), replace=False))
        places += list(rng.integers(0, len(packages), FIND_BATCH - len(places)))
        yield np.unique(places), rng


def learn(bag, texts, vectors, pages, report):
    bags, targets = bag(texts), vectors["texts"].astype(np.float32)
    rows, targets = beginning(bags, vectors["pieces"].astype(np.float32), targets)
    test = held.packages(pages, HELD, bag)
    report("beginning", held.score(test, rows))

    optimiser, turned = Adam(rows), bags.T.tocsr()
    for _ in range(NEAR_STEPS):
        optimiser.step(near_gradient(bags, turned, targets, rows), NEAR_RATE)
    report("near to the teacher", held.score(test, rows))

    questions, sections, packages = pairs([p for p in pages if p["package"] not in HELD])
    questions, sections = bag(questions), bag(sections)
    optimiser = Adam(rows)
    for step, (places, rng) in enumerate(batches(packages, FIND_STEPS)):
        some = rng.integers(0, len(targets), FIND_NEAR_BATCH)
        near = near_gradient(bags[some], bags[some].T.tocsr(), targets[some], rows)
        gradient = find_gradient(questions[places], sections[places], rows) + FIND_NEAR * near
        optimiser.step(gradient, FIND_RATE * min(1, 2 * (1 - step / FIND_STEPS)))
    report("finds sections", held.score(test, rows))
    return rows


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--work", required=True, help="folder with corpus.jsonl, texts.jsonl, teacher.npz and teacher/")
    flags.add_argument("--out", required=True, help="folder for model.bin, testdata/reference.jsonl and train/report.txt")
    options = flags.parse_args()
    lines = []

    def report(what, scores):
        lines.append(f"{what}: links {scores[0]:.3f}, headings {scores[1]:.3f}")
        print(lines[-1], flush=True)

    with open(f"{options.work}/teacher/{TOKENIZER}") as f:
        vocabulary = json.load(f)["model"]["vocab"]
    with open(f"{options.work}/corpus.jsonl") as f:
        pages = [json.loads(line) for line in f]
    with open(f"{options.work}/texts.jsonl") as f:
        texts = [json.loads(line)[-1] for line in f]
    bag = Bags(vocabulary)
    rows = learn(bag, texts, np.load(f"{options.work}/teacher.npz"), pages, report)

    pieces = [p for p in sorted(vocabulary, key=vocabulary.get) if p not in NO_PIECE and not p.startswith("[unused")]
    pieces.sort(key=lambda p: not p.isascii())  # others are of other languages, and have no row
    numbers, scales = table.quantise(rows[[vocabulary[p] for p in pieces if p.isascii()]])
    table.write(f"{options.out}/model.bin", pieces, numbers, scales)
    reference.write(f"{options.out}/testdata/reference.jsonl", bag.tokenizer, numbers, scales, pieces)
    lines.insert(0, "mean reciprocal rank on held-out packages")
    with open(f"{options.out}/train/report.txt", "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
