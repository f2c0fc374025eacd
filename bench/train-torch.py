"""A plain Llama in PyTorch, trained on the batch that it reads from a folder: the other side of `npm run bench -- train`.

Reads <folder>/job.json and parameters.bin; prints one JSON object: the losses, the gradient norms and seconds (by the clock, and
of processor time) of each step.
"""
import json
import resource
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
config = job["config"]
torch.set_num_threads(job["threads"])
flat = torch.frombuffer(bytearray((folder / "parameters.bin").read_bytes()), dtype=torch.float32)
weights = {}
for place in job["places"]:
    weights[place["name"]] = flat[place["from"] : place["to"]].clone().view(place["shape"]).requires_grad_()
del flat

heads, key_heads, size = config["heads"], config["keyValueHeads"], config["headSize"]
frequency = 1.0 / config["ropeTheta"] ** (torch.arange(0, size, 2, dtype=torch.float32) / size)


def rotate(x, cosine, sine):
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


def loss_of(ids, positions, targets):
    rows, length = ids.shape
    angles = torch.arange(length, dtype=torch.float32)[:, None] * frequency
    angles = torch.cat((angles, angles), dim=-1)
    cosine, sine = angles.cos(), angles.sin()
    norm = lambda x, name: F.rms_norm(x, (config["hiddenSize"],), weights[name], config["normEpsilon"])
    x = F.embedding(ids, weights["model.embed_tokens.weight"])
    for layer in range(config["layers"]):
        of = lambda name: weights[f"model.layers.{layer}.{name}.weight"]
        normal = norm(x, f"model.layers.{layer}.input_layernorm.weight")
        split = lambda name, count: F.linear(normal, of(f"self_attn.{name}_proj")).view(rows, length, count, size).transpose(1, 2)
        q = rotate(split("q", heads), cosine, sine)
        k = rotate(split("k", key_heads), cosine, sine).repeat_interleave(heads // key_heads, dim=1)
        v = split("v", key_heads).repeat_interleave(heads // key_heads, dim=1)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(seen.transpose(1, 2).reshape(rows, length, heads * size), of("self_attn.o_proj"))
        wide = norm(x, f"model.layers.{layer}.post_attention_layernorm.weight")
        x = x + F.linear(F.silu(F.linear(wide, of("mlp.gate_proj"))) * F.linear(wide, of("mlp.up_proj")), of("mlp.down_proj"))
    head = weights["model.embed_tokens.weight" if config["tiedEmbeddings"] else "lm_head.weight"]
    states = x.view(rows * length, -1)
    if job["logits"] == "everywhere":
        # As transformers does: all logits, and labels of -100 where there is no loss.
        labels = torch.full((rows * length,), -100)
        labels[positions] = targets
        return F.cross_entropy(F.linear(norm(states, "model.norm.weight"), head), labels)
    # The same shortcut as ours: logits at trained positions only.
    return F.cross_entropy(F.linear(norm(states[positions], "model.norm.weight"), head), targets)


decayed = [w for w in weights.values() if w.dim() > 1]
kept = [w for w in weights.values() if w.dim() == 1]
optimiser = torch.optim.AdamW(
    [{"params": decayed, "weight_decay": job["weightDecay"]}, {"params": kept, "weight_decay": 0.0}],
    betas=(0.9, 0.95), eps=1e-8, lr=0.0, foreach=True,
)
batches = [tuple(torch.tensor(part, dtype=torch.long) for part in (b["ids"], b["positions"], b["targets"])) for b in job["batches"]]
losses, norms, seconds, processor = [], [], [], []
for rate in job["learningRates"]:
    start, used = time.perf_counter(), time.process_time()
    total = sum(len(targets) for _, _, targets in batches)
    optimiser.zero_grad()
    loss = 0.0
    for ids, positions, targets in batches:
        part = loss_of(ids, positions, targets) * (len(targets) / total)
        part.backward()
        loss += part.item()
    norms.append(torch.nn.utils.clip_grad_norm_(weights.values(), job["clipNorm"]).item())
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
    losses.append(loss)
    seconds.append(time.perf_counter() - start)
    processor.append(time.process_time() - used)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"version": torch.__version__, "losses": losses, "gradientNorms": norms, "seconds": seconds,
                  "processorSeconds": processor, "peakBytes": peak}))
