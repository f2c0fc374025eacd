"""Plays given actions in the original ScienceWorld wrapper (pip install scienceworld==1.2.3) and times them.

usage: sciworld-original.py JOBS RESULTS: two JSON files. A job is {task, variation, simplifications, actions, full}; a
result is {seconds, processor, steps: [[observation, score, done, moves, look, inventory, valid]]}: the time of all steps
by the clock and of all processors (null where the system does not tell), the first step being the wrapper's own "look
around". All jobs are played once to warm up; then it says "ready", waits for a line, and plays them again for the results.
Without full, all is asked that the wrapper asks but the list of valid actions, which is null then. The Java machine gets
its flags from JAVA_TOOL_OPTIONS.
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
    # As the wrapper's reset, whose own step is then timed like the others.
    env.server.reset()
    start, before = time.perf_counter(), processor_seconds(env)
    steps = [step(env, action) for action in ["look around", *job["actions"]]]
    after = processor_seconds(env)
    processor = None if before is None or after is None else after - before
    return {"seconds": time.perf_counter() - start, "processor": processor, "steps": steps}


def main(jobs_path, results_path):
    with open(jobs_path) as file:
        jobs = json.load(file)
    env = ScienceWorldEnv("")
    for job in jobs:
        play(env, job)
    print("ready", flush=True)
    sys.stdin.readline()
    results = [play(env, job) for job in jobs]
    env.close()
    with open(results_path, "w") as file:
        json.dump(results, file)


main(*sys.argv[1:3])
