"""Plays given actions in the original ScienceWorld wrapper (pip install scienceworld==1.2.3).

usage: sciworld-original.py JOBS RESULTS ROUNDS: two JSON files. A job is {task, variation, simplifications, actions,
full}. All jobs are played so many times. Each is loaded, with the wrapper's own "look around"; then it says "loaded",
waits for a line, takes the actions, and says "played". A result, of the last round, is {steps: [[observation, score, done,
moves, look, inventory, valid]]}, the first being that of "look around", and processor: the seconds that the other steps
took of all processors in all rounds but the first, or null where the system does not tell. Without full, all is
asked that the wrapper asks but the list of valid actions, which is null then. The Java machine gets its flags from
JAVA_TOOL_OPTIONS.
"""
import json
import os
import sys
import time

from scienceworld import ScienceWorldEnv


def processor_seconds(env):
    """Of this process and its Java machine."""
    try:
        with open(f"/proc/{env._gateway.java_process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


def full_step(env, action):
    observation, _, done, info = env.step(action)
    return [observation, info["score"], done, info["moves"], info["look"], info["inv"], info["valid"]]


def light_step(env, action):
    """What the wrapper's own step does, without the valid actions."""
    observation = env.server.step(action)
    score = int(round(100 * env.server.getScore()))
    done, moves = env.server.getCompleted() or score < 0, env.server.getNumMoves()
    look, inventory = env.server.freeActionLook(), env.server.freeActionInventory()
    return [observation, score, done or moves > env.envStepLimit, moves, look, inventory, None]


def play(env, job):
    step = full_step if job["full"] else light_step
    env.load(job["task"], job["variation"], job["simplifications"])
    # As the wrapper's reset.
    env.server.reset()
    steps = [step(env, "look around")]
    print("loaded", flush=True)
    sys.stdin.readline()
    before = processor_seconds(env)
    steps += [step(env, action) for action in job["actions"]]
    after = processor_seconds(env)
    print("played", flush=True)
    return steps, None if before is None or after is None else after - before


def main(jobs_path, results_path, rounds):
    with open(jobs_path) as file:
        jobs = json.load(file)
    env = ScienceWorldEnv("")
    played = [[play(env, job) for job in jobs] for _ in range(int(rounds))]
    env.close()
    results = []
    for number, (steps, _) in enumerate(played[-1]):
        seconds = [one[number][1] for one in played[1:]]
        results.append({"steps": steps, "processor": None if None in seconds else sum(seconds)})
    with open(results_path, "w") as file:
        json.dump(results, file)


main(*sys.argv[1:4])
