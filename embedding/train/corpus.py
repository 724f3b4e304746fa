"""Reads unpacked documentation packages into pages, one JSON object a line.

A page is {package, path, title, sections: [{heading, text}], links: [[text, path]]}. Only English
HTML pages count, and of a package at most PAGES, chosen by the hash of their paths, so that a large
package does not drown the others.
"""

import hashlib
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor

from lxml import html

PAGES = 400
PAGE_BYTES = 600_000
MIN_TEXT = 300

HEADINGS = {"h1", "h2", "h3", "h4"}
LEAVES = {"p", "dd", "dt", "li", "td", "blockquote"}
INNER = {"p", "ul", "ol", "dl", "table", "pre"}
NO_TEXT = {"script", "style", "nav", "footer", "header", "form", "noscript", "aside", "button", "svg"}
LISTS = re.compile(r"genindex|search|py-modindex|allclasses|package-(tree|use|summary)|index-\d|class-use|/src/")
FOREIGN = re.compile(
    r"\.(da|de|es|fr|ja|ko|pt|ru|tr|zh)\."
    r"|/(ar|bg|cs|da|de|el|es|fa|fr|hr|hu|id|it|ja|ko|nb|nl|pl|pt|ro|ru|sv|tr|uk|vi|zh)([-_][A-Za-z]+)?/"
)


def text_of(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).replace("¶", "").strip()


def is_chrome(element):
    """Whether an element is around the text: navigation, scripts, forms."""
    if not isinstance(element.tag, str) or element.tag in NO_TEXT:
        return True
    kind = element.get("class") or ""
    return "sidebar" in kind or kind == "related" or element.get("role") in ("navigation", "search")


def sections_of(body):
    """The page's headings with the text that follows each."""
    sections, heading, parts = [], "", []

    def close():
        text = " ".join(parts)
        if text:
            sections.append({"heading": heading, "text": text})
        parts.clear()

    def walk(element):
        nonlocal heading
        if element.tag in HEADINGS:
            close()
            heading = text_of(element)[:160]
        elif element.tag == "pre":
            parts.append("".join(element.itertext()).strip()[:600])
        elif element.tag in LEAVES and not any(e.tag in INNER for e in element.iterdescendants()):
            parts.append(text_of(element))
        else:
            for child in element:
                walk(child)

    walk(body)
    close()
    return sections


def links_of(body, path):
    """The texts of links to other pages of the package, with those pages' paths."""
    links = []
    for a in body.iter("a"):
        href, text = a.get("href") or "", text_of(a)
        if re.match(r"[a-z]+:|#|//|$", href) or not (8 < len(text) < 90 and " " in text):
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(path), href.split("#")[0]))
        if target != path:
            links.append([text, target])
    return links[:40]


def page_of(folder, path):
    """A page, or None where it is not English, or none."""
    with open(os.path.join(folder, path), "rb") as f:
        raw = f.read(PAGE_BYTES + 1)
    if len(raw) > PAGE_BYTES:
        return None
    try:
        root = html.fromstring(raw)
    except (ValueError, html.etree.ParserError):
        return None
    body = root.find("body")
    if body is None or not (root.get("lang") or "en").lower().startswith("en"):
        return None
    for element in [e for e in body.iterdescendants() if is_chrome(e)]:
        if element.getparent() is not None:
            element.drop_tree()
    title = re.sub(r"\s+", " ", root.findtext(".//title") or "").strip()[:160]
    try:
        sections = sections_of(body)
    except RecursionError:
        return None
    if sum(len(s["text"]) for s in sections) < MIN_TEXT:
        return None
    return {"title": title, "sections": sections, "links": links_of(body, path)}


def package(folder):
    """The pages of a package."""
    paths = []
    for where, _, files in os.walk(folder):
        for name in files:
            path = os.path.relpath(os.path.join(where, name), folder)
            if name.endswith((".html", ".html.en")) and not LISTS.search("/" + path) and not FOREIGN.search("/" + path):
                paths.append(path)
    paths.sort(key=lambda p: hashlib.sha1(p.encode()).hexdigest())
    pages = []
    for path in paths:
        page = page_of(folder, path)
        if page:
            pages.append({"package": os.path.basename(folder), "path": path, **page})
            if len(pages) == PAGES:
                break
    return pages


def main(unpacked, out):
    folders = sorted(os.path.join(unpacked, name) for name in os.listdir(unpacked))
    with ProcessPoolExecutor(2) as workers, open(out, "w") as f:
        for pages in workers.map(package, folders):
            for page in pages:
                f.write(json.dumps(page) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
