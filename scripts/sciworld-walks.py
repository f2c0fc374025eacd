"""Records what the original ScienceWorld wrapper answers, for src/environments/sciworld/exact.test.ts to compare with.

    python3 -m venv original && original/bin/pip install scienceworld==1.2.3
    original/bin/python scripts/sciworld-walks.py walks.jsonl
    gzip -9nc walks.jsonl > test/fixtures/sciworld-walks.jsonl.gz

Three variations of each of the 30 tasks, one from each official fold and with its own simplifications; in each, the path
of the simulator's own solver, and a random walk of valid and invalid actions. Takes about twenty minutes. What is
in the file already is kept, and its tasks are passed over.

The first line tells what was recorded with. Each further line is a walk: {task, variation, simplifications, path,
steps}. A step is [said, observation, score, done, moves, look, inventory, valid]: texts and the list of valid actions as
the first six digits of the sha256 of their JSON, or 0 where they are as they were before; so the file holds next to no
text of the simulator. What was said is told by what was valid before:
  7        the valid action of that number
  [7, 3]   the first word of action 7 with all but the first word of action 3
  [7]      action 7 without its last word
  "wait"   just that
The first step is the wrapper's own "look around".
"""
import hashlib
import json
import os
import random
import subprocess
import sys

# Simulators before 1.3.0 are not repeatable without; ours run with it.
FLAGS = "-XX:+UnlockExperimentalVMOptions -XX:hashCode=2"
os.environ["JAVA_TOOL_OPTIONS"] = FLAGS

import scienceworld  # noqa: E402
from scienceworld import ScienceWorldEnv  # noqa: E402

SIMPLIFICATIONS = ["easy", "", "openDoors,openContainers,selfWateringFlowerPots"]
STEPS = 24
# What agents also say: nothing, numbers out of turn, what only looks like a command of the interface.
ODD = ["", " ", "0", "1", "99", "foo", "open door", "pick up the", "reset task", "help", "objects", "task", "WAIT",
       "wait1", "look  around", "move air to air", "focus on door", "connect wire to wire", "shutdown", "go to nowhere",
       "two\nlines", "ünïcödé 動作", "teleport to kitchen", "use thermometer", "inventory."]


def digest(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def say(said, valid):
    """The action that a step's first member stands for."""
    if isinstance(said, str):
        return said
    if isinstance(said, int):
        return valid[said]
    words = valid[said[0]].split(" ")
    if len(said) == 1:
        return " ".join(words[:-1])
    return " ".join(words[:1] + valid[said[1]].split(" ")[1:])


def choose(chance, valid):
    """Most are valid; others are halves of valid ones, which are often ambiguous, or odd."""
    if not valid or chance.random() < 0.15:
        return chance.choice(ODD)
    # Focusing on anything but what the task is about would end most walks at once.
    rest = [number for number, action in enumerate(valid) if not action.startswith("focus")]
    number = chance.choice(rest if rest and chance.random() < 0.95 else range(len(valid)))
    kind = chance.random()
    if kind < 0.15:
        return [number]
    return [number, chance.randrange(len(valid))] if kind < 0.3 else number


class Recorder:
    def __init__(self, env):
        self.env = env
        self.before = {}
        self.steps = []

    def change(self, name, value):
        """The digest of a text, or 0 where it has not changed."""
        told = digest(value)
        same = self.before.get(name) == told
        self.before[name] = told
        return 0 if same else told

    def step(self, said, action):
        observation, _, done, info = self.env.step(action)
        changes = [self.change(name, info[name]) for name in ("look", "inv", "valid")]
        self.steps.append([said, digest(observation), info["score"], int(done), info["moves"], *changes])
        return info["valid"], done and info["moves"] <= self.env.envStepLimit


def record(env, job, gold=None):
    env.load(job["task"], job["variation"], job["simplifications"])
    # As the wrapper's reset does, whose own step is then recorded like the others.
    env.server.reset()
    env.lastStepScore = 0
    recorder = Recorder(env)
    valid, _ = recorder.step("look around", "look around")
    chance = random.Random("%(task)s %(variation)d" % job)
    for number in range(len(gold) if gold else STEPS):
        if gold:
            action = gold[number]
            said = valid.index(action) if action in valid else action
        else:
            said = choose(chance, valid)
            action = say(said, valid)
        valid, over = recorder.step(said, action)
        if over and not gold:
            break
    return {**job, "path": "gold" if gold else "random", "steps": recorder.steps}


def main(path):
    known = set()
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            known = {(line["task"], line["variation"]) for line in map(json.loads, list(file)[1:])}
    # Once it has been asked for a gold path, an environment finds one at each further reset.
    env, solver = ScienceWorldEnv(""), ScienceWorldEnv("")
    with open(path, "a", encoding="utf-8") as file:
        if not known:
            java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
            version = [line for line in java.splitlines() if "version" in line][0]
            head = {"scienceworld": scienceworld.__version__, "java": version, "flags": FLAGS}
            print(json.dumps(head), file=file)
        for task in env.get_task_names():
            env.load(task, 0, "")
            folds = [env.get_variations_train(), env.get_variations_dev(), env.get_variations_test()]
            for fold, simplifications in zip(folds, SIMPLIFICATIONS):
                variation = fold[len(fold) // 2]
                if (task, variation) in known:
                    continue
                job = {"task": task, "variation": variation, "simplifications": simplifications}
                solver.load(task, variation, simplifications, True)
                walks = [record(env, job, solver.get_gold_action_sequence()), record(env, job)]
                for walk in walks:
                    print(json.dumps(walk, ensure_ascii=False, separators=(",", ":")), file=file, flush=True)
                print(task, variation, *(len(walk["steps"]) for walk in walks))


main(sys.argv[1])
