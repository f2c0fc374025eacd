/**
 * The Python that runs TRL's own training script, and tells us of each step.
 * @module
 */

/** What stands before each message of the script on its standard output. */
export const MESSAGE_MARK = '@misstep '

/** In the state folder: each step as it was told, for a parent that died before it could listen. */
export const EVENTS_FILE = 'events.jsonl'

/** Written into a checkpoint of TRL's once all of its files are there. */
export const SAVED_FILE = 'misstep.json'

/** A file in the state folder that asks the training to save and to stop. */
export const STOP_FILE = 'stop'

/** The exit codes of a training that stopped because it was asked to, and of one whose parent is gone. */
const STOPPED_CODE = 75
const ORPHAN_CODE = 76

/** Written into the state folder and run from there. It changes nothing of what TRL computes. */
export const TRAIN_SCRIPT = `"""Runs trl/scripts/sft.py as \`trl sft\` does, and tells Misstep of each step. Written by Misstep."""

import json
import math
import os
import stat
import sys
import threading


def tell(**message):
    sys.stdout.write("${MESSAGE_MARK}" + json.dumps(message) + "\\n")
    sys.stdout.flush()


def end_with_parent():
    # Misstep holds the other end of this pipe: it closes when Misstep ends, in whatever way.
    while os.read(0, 4096):
        pass
    os._exit(${ORPHAN_CODE})


mode = os.fstat(0).st_mode
if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
    threading.Thread(target=end_with_parent, daemon=True).start()

import numpy as np
import torch
import trl
from transformers import TrainerCallback
from trl.scripts import sft

STATE = os.environ["MISSTEP_STATE"]


class Reporter(TrainerCallback):
    def __init__(self, trainer):
        self.trainer = trainer

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not logs or "loss" not in logs:
            return
        loss, norm = float(logs["loss"]), float(logs.get("grad_norm") or 0.0)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise FloatingPointError(f"misstep: loss {loss}, gradient norm {norm} at step {state.global_step}")
        if state.is_world_process_zero:
            event = {
                "step": state.global_step,
                "steps": state.max_steps,
                "loss": loss,
                "learningRate": float(logs["learning_rate"]),
                "gradientNorm": norm,
                **self.trainer.counts(),
            }
            with open(os.path.join(STATE, "${EVENTS_FILE}"), "a") as file:
                file.write(json.dumps(event) + "\\n")
            tell(**event)

    def on_step_end(self, args, state, control, **kwargs):
        asked = torch.tensor(int(os.path.exists(os.path.join(STATE, "${STOP_FILE}"))), device=args.device)
        # All processes must stop at the same step.
        if int(self.trainer.accelerator.reduce(asked, reduction="sum")) > 0:
            self.trainer.stopped = True
            control.should_save = True
            control.should_training_stop = True

    def on_save(self, args, state, control, **kwargs):
        self.trainer.accelerator.wait_for_everyone()
        if state.is_world_process_zero:
            folder = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
            path = os.path.join(folder, "${SAVED_FILE}")
            with open(path + ".tmp", "w") as file:
                json.dump({"step": state.global_step, **self.trainer.counts()}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(path + ".tmp", path)


class Trainer(trl.SFTTrainer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stopped = False
        self.tokens = 0
        self.trained_tokens = 0
        self.add_callback(Reporter(self))
        if self.is_world_process_zero():
            tell(rows=len(self.train_dataset), **self.read())

    def read(self):
        data = self.train_dataset
        labels = data["labels"] if "labels" in data.column_names else []
        trained = sum(int((np.asarray(row) != -100).sum()) for row in labels)
        return {"tokens": sum(len(row) for row in data["input_ids"]), "trained": trained}

    def counts(self):
        return {"tokens": int(self.tokens), "trainedTokens": int(self.trained_tokens)}

    def get_batch_samples(self, *args, **kwargs):
        batches, items = super().get_batch_samples(*args, **kwargs)
        read = sum(int(b["attention_mask"].sum()) if "attention_mask" in b else b["input_ids"].numel() for b in batches)
        trained = sum(int((b["labels"][..., 1:] != -100).sum()) for b in batches)
        both = torch.tensor([read, trained], device=self.args.device)
        read, trained = self.accelerator.reduce(both, reduction="sum").tolist()
        self.tokens += read
        self.trained_tokens += trained
        return batches, items

    def train(self, resume_from_checkpoint=None, **kwargs):
        # TRL 1.9 does not hand the configured checkpoint on.
        resume = resume_from_checkpoint or self.args.resume_from_checkpoint
        if resume:
            with open(os.path.join(resume, "${SAVED_FILE}")) as file:
                saved = json.load(file)
            self.tokens, self.trained_tokens = saved["tokens"], saved["trainedTokens"]
        result = super().train(resume_from_checkpoint=resume, **kwargs)
        if self.stopped:
            if self.is_world_process_zero():
                tell(stopped=self.state.global_step)
            sys.exit(${STOPPED_CODE})
        return result


def merge(base, adapter, target):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    PeftModel.from_pretrained(model, adapter).merge_and_unload().save_pretrained(target)


if __name__ == "__main__":
    if sys.argv[1] == "merge":
        merge(*sys.argv[2:])
    else:
        trl.SFTTrainer = Trainer
        arguments = sft.make_parser().parse_args_and_config(fail_with_unknown_args=False)
        sft.main(*arguments)
`
