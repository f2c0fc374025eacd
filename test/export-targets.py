"""Lets trainers' own code read our exports, and compares what they would train with what we trained.

Usage: python export-targets.py <target> <model folder> <export> <rows of tokens of the same trajectories>

Prints one JSON object: how many rows were compared, and the first that differs. The target's package must be importable;
where it is not, prints {"missing": "<module>"}.
"""

import json
import sys

target, model, export, tokens = sys.argv[1:]
rows = [json.loads(line) for line in open(tokens)]


def conversations():
    return [json.loads(line)["messages"] for line in open(export)]


def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(model)


def axolotl():
    """ChatTemplateStrategy, as `type: chat_template` makes it from the lines that the export prints."""
    from axolotl.prompt_strategies.chat_template import ChatTemplatePrompter, ChatTemplateStrategy

    tok = tokenizer()
    prompter = ChatTemplatePrompter(
        tok, chat_template=tok.chat_template, message_field_training="train", field_messages="messages"
    )
    strategy = ChatTemplateStrategy(
        prompter, tokenizer=tok, train_on_inputs=False, sequence_len=4096, roles_to_train=[], train_on_eos="turn"
    )
    for messages in conversations():
        read = strategy.tokenize_prompt({"messages": messages})
        yield list(read["input_ids"]), list(read["labels"])


def axolotl_tokens():
    """The data that `axolotl train` prepares of the lines that the export prints, in its batches, packed and not."""
    import tempfile

    from axolotl.utils.collators import BatchSamplerDataCollatorForSeq2Seq, DataCollatorForSeq2Seq
    from axolotl.utils.data.sft import prepare_datasets
    from axolotl.utils.dict import DictDefault

    tok = tokenizer()
    wanted = [(row["input_ids"], row["labels"]) for row in rows]
    for packing in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            config = DictDefault(
                datasets=[{"path": export, "ds_type": "json", "type": None}],
                train_on_inputs=True,
                val_set_size=0,
                sequence_len=4096,
                sample_packing=packing,
                sample_packing_bin_size=200,
                sample_packing_group_size=100000,
                dataset_prepared_path=folder,
                dataset_num_proc=1,
                **dict.fromkeys(("micro_batch_size", "batch_size", "num_epochs", "world_size"), 1),
            )
            data, _, _, _ = prepare_datasets(config, tok)
            if packing:
                # As its sampler hands them over: rows of a sequence together, two sequences a batch.
                half = len(data) // 2
                features = [[*data.select(range(half))], [*data.select(range(half, len(data)))]]
                batch = BatchSamplerDataCollatorForSeq2Seq(tok)(features)
            else:
                batch = DataCollatorForSeq2Seq(tok)([*data])
        found = []
        for at, mask in enumerate(batch["attention_mask"].tolist()):
            ids, labels = batch["input_ids"][at].tolist(), batch["labels"][at].tolist()
            # A row of its own begins wherever the positions begin anew.
            starts = [i for i in range(sum(mask)) if batch["position_ids"][at][i] == 0] if packing else [0]
            for start, end in zip(starts, [*starts[1:], sum(mask)]):
                found.append((ids[start:end], labels[start:end]))
        yield from zip(found, wanted, strict=True)


def ms_swift():
    """The template that a user would register for this student, in training mode."""
    from types import SimpleNamespace

    from swift.template import TemplateInputs, TemplateMeta
    from swift.template.base import Template
    from transformers import AutoConfig

    tok = tokenizer()
    # What its loader of models would have noted down on the tokenizer.
    tok.model_info = SimpleNamespace(config=AutoConfig.from_pretrained(model), task_type="causal_lm", max_model_len=4096)
    tok.model_meta = SimpleNamespace(is_multimodal=False)
    meta = TemplateMeta(
        "misstep",
        prefix=[],
        prompt=["<|user|>{{QUERY}}<|end|><|assistant|>"],
        chat_sep=["<|end|>"],
        suffix=["<|end|>"],
        system_prefix=["<|system|>{{SYSTEM}}<|end|>"],
    )
    template = Template(tok, meta, loss_scale="default")
    template.set_mode("train")
    for messages in conversations():
        read = template.encode(TemplateInputs.from_dict({"messages": messages}))
        yield list(read["input_ids"]), list(read["labels"])


def llama_factory():
    """The released line's preprocessing with mask_history; its rows of one trajectory are joined again."""
    from llamafactory.data.formatter import EmptyFormatter, StringFormatter
    from llamafactory.data.processor.supervised import SupervisedDatasetProcessor
    from llamafactory.data.template import TEMPLATES, get_template_and_fix_tokenizer, register_template
    from llamafactory.hparams import DataArguments

    if "misstep" not in TEMPLATES:
        register_template(
            name="misstep",
            format_user=StringFormatter(slots=["<|user|>{{content}}<|end|><|assistant|>"]),
            format_assistant=StringFormatter(slots=["{{content}}<|end|>"]),
            format_system=StringFormatter(slots=["<|system|>{{content}}<|end|>"]),
            format_prefix=EmptyFormatter(slots=[]),
        )
    tok = tokenizer()
    data = DataArguments(template="misstep", mask_history=True, cutoff_len=4096)
    template = get_template_and_fix_tokenizer(tok, data)
    processor = SupervisedDatasetProcessor(template=template, tokenizer=tok, processor=None, data_args=data)
    joined = None
    for messages in conversations():
        ids, labels = processor._encode_data_example(messages[:-1], messages[-1:], None, None, [], [], [])
        if joined and ids[: len(joined[0])] == joined[0]:
            labels[: len(joined[1])] = joined[1]
        elif joined:
            yield joined
        joined = (ids, labels)
    yield joined


def tinker():
    """The simplest renderer of its cookbook, which any tokenizer can serve: compared by the text that is trained."""
    from tinker_cookbook.renderers import TrainOnWhat, get_renderer

    tok = tokenizer()
    renderer = get_renderer("role_colon", tok)
    for messages in conversations():
        read, weights = renderer.build_supervised_example(messages, train_on_what=TrainOnWhat.CUSTOMIZED)
        text, piece = [], []
        for id, weight in [*zip(read.to_ints(), weights.tolist()), (None, 0)]:
            if weight:
                piece.append(id)
            elif piece:
                text.append(tok.decode(piece).replace("User:", "").strip())
                piece = []
        yield text, [message["content"] for message in messages if message["trainable"]]


def mistral():
    """The validator of mistral-common in its mode for fine-tuning."""
    from mistral_common.protocol.instruct.messages import FinetuningAssistantMessage, SystemMessage, UserMessage
    from mistral_common.protocol.instruct.validator import MistralRequestValidator, ValidationMode

    kinds = {"user": UserMessage, "system": SystemMessage, "assistant": FinetuningAssistantMessage}
    validator = MistralRequestValidator(ValidationMode.finetuning)
    for messages in conversations():
        validator.validate_messages([kinds[m["role"]](**m) for m in messages])
        yield True, True


def together():
    """The check that its command line runs before an upload."""
    from together.lib.utils.files import check_file

    report = check_file(export)
    yield report["is_check_passed"], True
    if export.endswith(".parquet"):
        import pyarrow.parquet

        for read, row in zip(pyarrow.parquet.read_table(export).to_pylist(), rows):
            yield read, {name: row[name] for name in ("input_ids", "attention_mask", "labels")}


def ours():
    for row in rows:
        # What a trajectory ends with after its last trained token is not exported to dialects of messages.
        end = max(at for at, label in enumerate(row["labels"]) if label != -100) + 1
        yield row["input_ids"][:end], row["labels"][:end]


def compare():
    found = globals()[target]()
    compared, different = 0, None
    expected = ours() if target in ("axolotl", "ms_swift", "llama_factory") else None
    for theirs, wanted in zip(found, expected) if expected else found:
        compared += 1
        if theirs != wanted and different is None:
            different = {"row": compared - 1, "theirs": str(theirs)[:2000], "ours": str(wanted)[:2000]}
    return {"compared": compared, "different": different}


# Axolotl starts processes that read this file again.
if __name__ == "__main__":
    if target not in ("axolotl", "axolotl_tokens", "ms_swift", "llama_factory", "tinker", "mistral", "together"):
        sys.exit(f"There is no target {target}")
    try:
        print(json.dumps(compare()))
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": error.name}))
