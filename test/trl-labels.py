"""Prints the rows that TRL's own trainer would read of a file of tokens: pairs of id and label, padding left out.

Usage: python trl-labels.py <model folder> <rows.jsonl>
"""

import json
import sys
import tempfile

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

model, rows = sys.argv[1:]


def read(packing):
    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(
            output_dir=folder,
            max_length=1024,
            packing=packing,
            per_device_train_batch_size=2,
            bf16=False,
            use_cpu=True,
            report_to="none",
        )
        dataset = load_dataset("json", data_files=rows, split="train")
        trainer = SFTTrainer(model=model, args=config, train_dataset=dataset)
        found = []
        for batch in trainer.get_train_dataloader():
            for at in range(len(batch["input_ids"])):
                ids, labels = batch["input_ids"][at].tolist(), batch["labels"][at].tolist()
                if packing:
                    # A row of its own begins wherever the positions begin anew.
                    starts = [i for i, p in enumerate(batch["position_ids"][at].tolist()) if p == 0]
                    ends = [*starts[1:], len(ids)]
                else:
                    starts, ends = [0], [int(batch["attention_mask"][at].sum())]
                for start, end in zip(starts, ends):
                    pairs = [list(pair) for pair in zip(ids[start:end], labels[start:end])]
                    # The label of a first token is never read.
                    pairs[0][1] = -100
                    found.append(pairs)
        return found


print(json.dumps({"plain": read(False), "packed": read(True)}))
