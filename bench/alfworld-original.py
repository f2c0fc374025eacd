"""Plays given commands in the original ALFWorld engine (pip install alfworld textworld) and times it.

usage: alfworld-original.py JOBS RESULTS: two JSON files. A job is {file, episodes: [[command]]}; a result is
{load, reset: [seconds], episodes: [{opening, admissible, steps: [[observation, score, won, admissible, seconds]]}]}.
"""
import json
import sys
import time

import textworld
import textworld.core
from alfworld.agents.utils.misc import Demangler


class Names(textworld.core.Wrapper):
    """Gives things the names that the benchmark's own environment shows."""

    def load(self, *args, **kwargs):
        super().load(*args, **kwargs)
        names = Demangler(game_infos=self._entity_infos, shuffle=False)
        for info in self._entity_infos.values():
            info.name = names.demangle_alfred_name(info.id)


def timed(action, *args):
    start = time.perf_counter()
    result = action(*args)
    return time.perf_counter() - start, result


def play(env, commands):
    reset, state = timed(env.reset)
    episode = {"opening": state.feedback, "admissible": sorted(set(state["admissible_commands"])), "steps": []}
    for command in commands:
        seconds, (state, score, _) = timed(env.step, command)
        admissible = sorted(set(state["admissible_commands"]))
        episode["steps"].append([state.feedback, score, bool(state["won"]), admissible, seconds])
    return reset, episode


def main(jobs_path, results_path):
    with open(jobs_path) as file:
        jobs = json.load(file)
    infos = textworld.EnvInfos(won=True, admissible_commands=True, score=True)
    results = []
    for job in jobs:
        load, env = timed(lambda: textworld.start(job["file"], infos, wrappers=[Names]))
        played = [play(env, commands) for commands in job["episodes"]]
        results.append({"load": load, "reset": [reset for reset, _ in played], "episodes": [one for _, one in played]})
        env.close()
    with open(results_path, "w") as file:
        json.dump(results, file)


# Taken now: the original's planner puts words of its own into sys.argv.
main(*sys.argv[1:3])
