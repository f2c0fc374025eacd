"""TRL's own preparation of a data set, assistant masks and labels included: bench/render.ts runs it.

    python bench/render-trl.py TOKENIZER_FOLDER MESSAGES.jsonl OUT.jsonl PROCESSES

Calls SFTTrainer._prepare_dataset as the trainer does, once in one process and once in PROCESSES; loading the file and writing the
result are not measured. The last line is one JSON object.
"""

import json
import os
import resource
import sys
import time
from types import SimpleNamespace

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import datasets
import transformers
import trl
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer
from trl.chat_template_utils import get_training_chat_template

folder, source, target, processes = sys.argv[1:5]
datasets.disable_progress_bars()
datasets.disable_caching()
tokenizer = AutoTokenizer.from_pretrained(folder)

# What TRL does itself for the models that it knows: a template that marks what the assistant says.
STUDENT = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<|assistant|>' }}"
    "{% generation %}{{ message['content'] + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}"
)
template = STUDENT if "<|user|>" in tokenizer.get_vocab() else get_training_chat_template(tokenizer)


def used():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def prepare(number):
    data = datasets.Dataset.from_list([json.loads(line) for line in open(source)])
    options = SFTConfig(output_dir="unused", assistant_only_loss=True, max_length=None, dataset_num_proc=number, use_cpu=True, bf16=False)
    trainer = SimpleNamespace(chat_template=template, _tokenizer=tokenizer, completion_only_loss=False)
    start, before = time.perf_counter(), used()
    prepared = SFTTrainer._prepare_dataset(trainer, data, tokenizer, options, False, None, "train")
    seconds, spent = time.perf_counter() - start, used() - before
    return prepared, {"processes": number or 1, "rowsPerSecond": len(data) / seconds, "processorMilliseconds": 1000 * spent / len(data)}


runs = []
for number in dict.fromkeys([None, int(processes)]):
    prepared, run = prepare(number)
    runs.append(run)
with open(target, "w") as file:
    for row in prepared:
        file.write(json.dumps({"input_ids": row["input_ids"], "labels": row["labels"]}) + "\n")
print(json.dumps({"trl": trl.__version__, "transformers": transformers.__version__, "runs": runs}))
