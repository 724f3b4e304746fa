"""What the model is chosen and stopped by: questions that documentation asks of itself.

Of packages that nothing was learned from: the text of a link has to find the page that it leads to,
and a heading, left out of its section, the section.
"""

import random

import numpy as np

MAX_RANK = 50
QUESTIONS = 250


class Package:
    """One held-out package: its sections, and questions with the sections that are right."""

    def __init__(self, pages, bag):
        rng = random.Random(7)
        self.sections = [(p["path"], p["title"], s["heading"], s["text"][:1500]) for p in pages for s in p["sections"] if len(s["text"]) >= 80]
        of_page = {}
        for i, (path, *_) in enumerate(self.sections):
            of_page.setdefault(path, []).append(i)
        links = sorted({(text, to) for p in pages for text, to in p["links"] if to in of_page})
        headings = [h for _, _, h, _ in self.sections]
        alone = [i for i, h in enumerate(headings) if len(h.split()) > 1 and headings.count(h) == 1]
        rng.shuffle(links)
        rng.shuffle(alone)
        self.links = bag([text for text, _ in links[:QUESTIONS]]), [of_page[to] for _, to in links[:QUESTIONS]]
        self.headings = bag([headings[i] for i in alone[:QUESTIONS]]), [[i] for i in alone[:QUESTIONS]]
        self.whole = bag([f"{title} > {heading}\n{text}" for _, title, heading, text in self.sections])
        self.unheaded = bag([f"{title}\n{text}" for _, title, _, text in self.sections])


def packages(pages, names, bag):
    return [Package([p for p in pages if p["package"] == name], bag) for name in names]


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def reciprocal_rank(questions, right, sections, rows):
    similar = unit(questions @ rows) @ unit(sections @ rows).T
    ranks = np.array([1 + (s > s[r].max()).sum() for s, r in zip(similar, right)])
    return np.where(ranks <= MAX_RANK, 1 / ranks, 0).mean()


def score(held, rows):
    """The mean reciprocal ranks of links and of headings, over the packages."""
    links = np.mean([reciprocal_rank(*p.links, p.whole, rows) for p in held])
    headings = np.mean([reciprocal_rank(*p.headings, p.unheaded, rows) for p in held])
    return float(links), float(headings)
