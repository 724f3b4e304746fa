"""Writes what the Go side is held against: the pieces and the vector of tricky texts."""

import json
import random

import numpy as np

TEXTS = [
    "",
    " \t\r\n",
    "How do I install it?",
    "Configure the reverse proxy so that WebSockets work behind TLS.",
    "the THE tHe",
    "Crème brûlée, naïve café: Ångström's Żółć; ǅ ẞ ﬁ ﬃ İstanbul ΣΊΣΥΦΟΣ",
    "e\u0301 a\u0308o\u0302 n\u0303\u0303 \u0301alone",
    "日本語のドキュメント、中文文档。한국어 문서",
    "𠀀𪜀 豈 㐀 ，。！",
    "Как настроить сервер? Πώς; كيف أثبت البرنامج؟ איך מתקינים ติดตั้งอย่างไร हिन्दी",
    "🚀 launch 👩‍💻 coding 🇩🇪 flags ✅ done ❤️",
    "func (m *Model) Embed(ctx context.Context, texts []string) ([][]float32, error) {",
    "SELECT count(*) FROM users WHERE e_mail LIKE '%@example.org' -- why?",
    "--log-level=debug -v ./path/to/file_name.tar.gz C:\\Windows\\System32 ~/.bashrc $HOME",
    "getElementById XMLHttpRequest snake_case_name SCREAMING_CASE kebab-case v1.2.3-rc.4+build.5",
    "https://example.org/a/b?c=d&e=f#anchor user@host:22 10.0.0.1/8 ::1 0xDEADBEEF 1e-9 3.14159",
    "ENOENT: no such file or directory, open 'package.json'",
    "a" * 100,
    "a" * 101,
    "é" * 100 + " " + "é" * 101 + " after",
    "Donaudampfschifffahrtsgesellschaftskapitän pneumonoultramicroscopicsilicovolcanoconiosis",
    "zero\u200bwidth soft\u00adhyphen no\u00a0break line\u2028separator thin\u2009space ideographic\u3000space",
    "nul\x00byte bell\x07 escape\x1b[31m delete\x7f next\x85line \ufeffmark \ufffdreplacement private\ue000use",
    "« quotes » “curly” ‘single’ – en — em … ellipsis · • † ‡ № ™ © ® ° ± × ÷ § ¶",
    "½ ² ³ ₂ Ⅳ ① ㎏ ｆｕｌｌｗｉｄｔｈ ﷽ ʻokina",
    "[CLS] [SEP] [UNK] [MASK] [PAD] ##ing ## [unused1]",
    "+ < = > ^ ` | ~ $ ! \" # % & ' ( ) * , - . / : ; ? @ [ \\ ] _ { }",
    "x" * 40 + "ing" + "𝒳𝓎𝓏 𝟙𝟚𝟛",
    "don't can't o'clock it’s rock'n'roll",
    "> **Note**\n> Run `docent ingest` first.\n\n| key | value |\n|---|---|\n| `a.b` | 1 |",
]

ALPHABET = "aAbBeEiIoOzZ019 .,-_/ \n#é̈ßæøłıʼαβжяאبक्กあア中国한😀\u200d\u00a0"


def texts():
    """The tricky texts, and some that chance makes."""
    rng = random.Random(11)
    return TEXTS + ["".join(rng.choices(ALPHABET, k=60)) for _ in range(40)]


def write(path, tokenizer, rows, scales, names):
    """Writes a JSON object a line: the text, its pieces, and its vector or null."""
    numbers = {name: i for i, name in enumerate(names[: len(rows)])}
    with open(path, "w") as f:
        for text in texts():
            pieces = tokenizer.encode(text, add_special_tokens=False).tokens
            known, times = np.unique([numbers[p] for p in pieces if p in numbers], return_counts=True)
            weights = scales[known.astype(int)] * np.sqrt(times)
            vector = (rows[known.astype(int)].astype(np.float64) * weights[:, None]).sum(axis=0)
            length = np.linalg.norm(vector)
            f.write(json.dumps({
                "text": text, "pieces": pieces,
                "vector": [round(x, 6) for x in (vector / length).tolist()] if length else None,
            }, ensure_ascii=False) + "\n")
