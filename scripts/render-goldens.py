"""Records what transformers makes of conversations, for the tests of src/render/.

    python scripts/render-goldens.py                       # stand-in tokenizers: vocabularies.jsonl, goldens.jsonl, dated.jsonl
    python scripts/render-goldens.py --tokenizers FOLDER   # real.jsonl too: FOLDER/<family>/tokenizer.json

Made with transformers 4.57.1, tokenizers 0.22.2, jinja2 3.1.6. Dates are those of 1 January 2025, but in dated.jsonl.
"""

import argparse
import datetime
import hashlib
import json
import random
from pathlib import Path

import transformers.utils.chat_template_utils as chat_template_utils
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

FOLDER = Path(__file__).parent.parent / "test" / "fixtures" / "templates"


class NewYear(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 1, 1)


chat_template_utils.datetime = NewYear

# What templates that know `date_string` are told, for dated.jsonl.
DATE = "23 Nov 2026"
THOUGHT = "Thought: The mug isn't here; I'll check drawer 12 next.\nAction: go to drawer 12"
FIXED = [
    [("user", "Your task is to: cool a mug."), ("assistant", THOUGHT)],
    [("user", "You see a drawer 12."), ("assistant", THOUGHT), ("user", "It is closed."), ("assistant", "Thought: Wait.\nAction: open drawer 12")],
    [("system", "You are in a household."), ("user", "Hi"), ("assistant", THOUGHT), ("user", "Nothing happens."), ("assistant", "ok")],
    [("user", "  spaces around \n"), ("assistant", "\n\n  Thought:  two  spaces \n"), ("user", "\ttab\r\nreturn\n\n\nthree"), ("assistant", " x")],
    [("user", "Zürich, 東京, e\u0301 🙂👩‍👩‍👧 \u00a0|\u2028|\ufeff"), ("assistant", "don't WE'LL 12345 3.14 x_y==z</b> </b>")],
    [("user", "think"), ("assistant", "<think>\nIt may be there.\n</think>\n\nThought: a\nAction: b"), ("user", "c"), ("assistant", "<think>\nYes.\n</think>\n\nd")],
    [("user", "a > </b> ▁▁ <table> [INST] <<SYS>> {{ x }} {% if %}"), ("assistant", "[/INST] </tool_call> <0x41>")],
    [("assistant", "first"), ("user", "second")],
    [("user", "one"), ("user", "two"), ("assistant", "three")],
    [("user", "one"), ("assistant", "two"), ("assistant", "three")],
    [("system", "only")],
    [("user", "last")],
    [("user", ""), ("assistant", "")],
]
WORDS = (
    "You are in the middle of a room. Looking quickly around you, you see a drawer 12, a fridge 1, and a countertop 3.\n"
    "Thought: Wait, I haven't looked there yet, so I'll go to the cabinet 4 first.\nAction: open cabinet 4\n"
    "On the shelf 10, you see a mug 2, a plate 1, and a soapbar 3. Nothing happens. It's closed!  <b> </b> (x_1 == 3.50)\n\n"
).split(" ")
ODD = ["\n", "\n\n", "  ", "\t", "é", "e\u0301", "漢字", "🙂", "'s", "'LL", "12", "2025", "</think>", "<think>", "[INST]", "\u00a0", "▁", "ﬁ", "Ⅷ", "_", "..."]


def random_conversations(count: int):
    source = random.Random(7)

    def text():
        parts = [source.choice(WORDS if source.random() < 0.85 else ODD) for _ in range(source.randint(1, 25))]
        return "".join(part + source.choice(["", " ", " ", " "]) for part in parts)

    for _ in range(count):
        system = [("system", text())] if source.random() < 0.3 else []
        roles = ["user", "assistant"] * source.randint(1, 4)
        yield system + [(role, text()) for role in roles[: len(roles) - (source.random() < 0.2)]]


def to_messages(conversation):
    return [{"role": role, "content": content} for role, content in conversation]


def train_vocabularies(conversations):
    """Two small vocabularies: of bytes, and of words with a mark for the space before them."""
    texts = [" ".join(WORDS)] * 4 + [message["content"] for conversation in conversations for message in conversation] * 2
    of_bytes = Tokenizer(models.BPE())
    of_bytes.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    of_bytes.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=520, initial_alphabet=alphabet, show_progress=False))
    of_words = Tokenizer(models.BPE())
    of_words.pre_tokenizer = pre_tokenizers.Metaspace()
    of_words.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=360, limit_alphabet=90, show_progress=False))
    result = []
    for name, tokenizer in (("bytes", of_bytes), ("words", of_words)):
        model = json.loads(tokenizer.to_str())["model"]
        tokens = sorted(model["vocab"], key=model["vocab"].get)
        if name == "words":
            tokens = [f"<0x{byte:02X}>" for byte in range(256)] + tokens
        result.append({"name": name, "tokens": tokens, "merges": model["merges"]})
    return result


def build(family, vocabulary):
    """The tokenizer.json of a stand-in; test/kit/stand-ins.ts does the same."""
    added = [{"content": token} if isinstance(token, str) else token for token in family["added"]]
    tokens = [token["content"] for token in added]
    tokens += [token for token in vocabulary["tokens"] if token not in tokens]
    merges = family.get("merges", [])
    tokens += [token for token in (left + right for left, right in merges) if token not in tokens]
    defaults = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    words = family["vocabulary"] == "words"
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": index, **defaults, **token} for index, token in enumerate(added)],
        "normalizer": family["normalizer"],
        "pre_tokenizer": family["pre_tokenizer"],
        "post_processor": None,
        "decoder": family["decoder"],
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>" if words else None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": words,
            "byte_fallback": words,
            "ignore_merges": False,
            **family["model"],
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": vocabulary["merges"] + merges,
        },
    }


def outcome(tokenizer, template, conversation, prompt, **names):
    try:
        return tokenizer.apply_chat_template(conversation, chat_template=template, tokenize=True, add_generation_prompt=prompt, **names)
    except Exception:  # a template that refuses the conversation
        return None


def digest(ids):
    return "refused" if ids is None else hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()[:16]


def fast_tokenizer(file: str, family):
    names = {f"{name}_token": family[name] for name in ("bos", "eos") if name in family}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(file), clean_up_tokenization_spaces=False, **names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizers", type=Path)
    options = parser.parse_args()
    families = json.loads((FOLDER / "families.json").read_text())
    conversations = [to_messages(each) for each in FIXED + list(random_conversations(60))]
    write("conversations.jsonl", conversations)
    place = FOLDER / "vocabularies.jsonl"
    if not place.exists():
        write("vocabularies.jsonl", train_vocabularies(conversations))
    vocabularies = {each["name"]: each for each in map(json.loads, place.read_text().strip().split("\n"))}
    goldens, real, dated = [], [], []
    for name, family in families.items():
        template = (FOLDER / f"{family['template']}.jinja").read_text()
        tokenizer = fast_tokenizer(json.dumps(build(family, vocabularies[family["vocabulary"]])), family)
        goldens.append({"name": name, **record(outcomes(tokenizer, template, conversations))})
        if "date_string" in template:
            ids = outcomes(tokenizer, template, conversations[:3], date_string=DATE)
            dated.append({"name": name, "date": DATE, "ids": ids})
        source = options.tokenizers and options.tokenizers / name / "tokenizer.json"
        if source and source.exists():
            ids = outcomes(fast_tokenizer(source.read_text(), family), template, conversations)
            real.append({"name": name, "hashes": [digest(each) for each in ids]})
    write("goldens.jsonl", goldens)
    write("dated.jsonl", dated)
    if real:
        write("real.jsonl", real)


def outcomes(tokenizer, template, conversations, **names):
    return [outcome(tokenizer, template, each, prompt, **names) for each in conversations for prompt in (False, True)]


def record(ids):
    """Ids of the fixed conversations, without and with what introduces the next answer; hashes of the random ones."""
    return {"ids": ids[: 2 * len(FIXED)], "hashes": [digest(each) for each in ids[2 * len(FIXED) :]]}


def write(name, lines):
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (FOLDER / name).write_text(text)


main()
