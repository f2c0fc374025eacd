"""Greedy generation with transformers: the other side of `npm run bench -- generate-smollm2`.

Reads its job, a JSON object, from the first argument; prints one JSON object.
"""
import json
import resource
import sys
import time

import torch
from transformers import AutoModelForCausalLM

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
model = AutoModelForCausalLM.from_pretrained(job["folder"], dtype=torch.float32)


def generate(prompts, count):
    ids = torch.tensor(prompts)
    with torch.no_grad():
        all_ids = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, min_new_tokens=count, do_sample=False, pad_token_id=0)
    return all_ids[:, ids.shape[1]:].tolist()


generate(job["batches"][0], 4)
results = []
for prompts in job["batches"]:
    start, used = time.perf_counter(), time.process_time()
    answers = generate(prompts, job["tokens"])
    results.append({"batch": len(prompts), "seconds": time.perf_counter() - start, "processorSeconds": time.process_time() - used, "first": answers[0]})
print(json.dumps({"results": results, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
