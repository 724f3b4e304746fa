"""Chooses what the teacher is shown, one JSON list [kind, package, text] a line.

Short texts cost the teacher little, so most are short. Nothing is taken of the HELD packages, on
which the result is measured.
"""

import json
import random
import re
import sys
from collections import Counter, defaultdict

HELD = ["python-django-doc", "cmake-doc", "postgresql-doc-15", "gradle-doc", "python-celery-doc"]

# At most so many texts of a kind from a package.
QUOTA = {"heading": 900, "link": 400, "sentence": 2600, "question": 1600, "passage": 650}
PASSAGE_WORDS = 70

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

# How people ask. {} is a heading, the text of a link, or the beginning of a sentence.
ASKING = [
    "how do I {}", "how to {}", "how can I {}?", "what is {}", "what does {} do?", "where do I find {}", "where can I set {}",
    "is there a way to {}", "can I {}?", "{} not working", "{} doesn't work, what am I doing wrong", "why does {} fail",
    "error with {}", "I get an error: {}", "I'm trying to {} but nothing happens", "i want to {} without restarting",
    "{} example", "difference between {} and the default", "which option controls {}", "my {} is ignored, why?",
    "what's the right way to {}", "need to {} in production", "when should I use {}", "how does {} work",
    "{}?", "after upgrading {} is broken", "we have {} and it keeps failing", "do I have to {} every time?",
]


def asked(rng, text):
    """A question about what a text names."""
    words = text.rstrip(".:;,!?").split()
    if words and words[0][:1].isupper() and words[0][1:].islower():
        words[0] = words[0].lower()
    return rng.choice(ASKING).format(" ".join(words[:14]))


def collect(pages):
    """All candidates, by package and kind."""
    rng = random.Random(20261123)
    found = defaultdict(lambda: defaultdict(list))
    for page in pages:
        kinds = found[page["package"]]
        for text, _ in page["links"]:
            kinds["link"].append(text)
            kinds["question"].append(asked(rng, text))
        for section in page["sections"]:
            heading, text = section["heading"], section["text"]
            if len(heading) > 4:
                kinds["heading"].append(heading if rng.random() < 0.5 else f"{page['title']}: {heading}")
                kinds["question"].append(asked(rng, heading))
            sentences = [s for s in SENTENCE.split(text) if 25 < len(s) < 300]
            for sentence in rng.sample(sentences, min(4, len(sentences))):
                kinds["sentence"].append(sentence)
                if rng.random() < 0.3:
                    kinds["question"].append(asked(rng, sentence))
            words = text.split()
            if len(words) > 25:
                begin = rng.randrange(max(1, len(words) - PASSAGE_WORDS))
                body = " ".join(words[begin : begin + PASSAGE_WORDS])
                kinds["passage"].append(f"{page['title']} > {heading}\n{body}" if rng.random() < 0.6 else body)
    return found


def main(corpus, out):
    with open(corpus) as f:
        pages = [p for p in map(json.loads, f) if p["package"] not in HELD]
    rng, chosen = random.Random(7), []
    for package, kinds in sorted(collect(pages).items()):
        for kind, texts in sorted(kinds.items()):
            texts = sorted(set(texts))
            rng.shuffle(texts)
            chosen += [[kind, package, text] for text in texts[: QUOTA[kind]]]
    rng.shuffle(chosen)
    with open(out, "w") as f:
        for one in chosen:
            f.write(json.dumps(one) + "\n")
    print(len(chosen), "texts:", dict(Counter(kind for kind, _, _ in chosen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
