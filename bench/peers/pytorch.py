"""Peer worker: PyTorch on the CPU. Speaks the line protocol of bench/README.md over stdin and stdout.

    pytorch.py             the module as it is
    pytorch.py --frozen    traced, frozen (batch norm folded) and optimised for inference
"""

import argparse
import base64
import json
import re
import resource
import sys
import time
from pathlib import Path

import numpy
import torch

from peer_networks import NETWORKS


def peak_bytes():
    """The most memory this process has held at once.

    On Linux the kernel's file is asked, because getrusage also remembers the process that started this one.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS, in bytes


class Worker:
    def __init__(self, frozen):
        self.frozen = frozen
        self.start_bytes = peak_bytes()
        self.model = self.output = None

    def load(self, folder, threads, batch):
        folder = Path(folder)
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        torch.set_num_threads(threads)
        self.outputs = description["outputs"]
        self.model = NETWORKS[description["name"]].build().eval()
        self.model.load_state_dict(torch.load(folder / "model.pth"))
        images = numpy.fromfile(folder / "input.bin", "<f4")
        self.images = torch.from_numpy(images).view(-1, *description["input"])
        self.prepare(batch or description["batches"][0])
        return {"model": description["name"], "threads": threads}

    def prepare(self, batch):
        """The first images of the reference input, from the beginning again when they run out, and the module for them."""
        self.batch = batch
        self.x = self.images[torch.arange(batch) % len(self.images)].contiguous()
        self.forward = self.model
        if self.frozen:
            traced = torch.jit.trace(self.model, self.x)
            self.forward = torch.jit.optimize_for_inference(torch.jit.freeze(traced))

    def run(self, batch, count):
        if self.model is None:
            raise ValueError("run: nothing is loaded")
        if batch != self.batch:
            self.prepare(batch)
        milliseconds = []
        for _ in range(count):
            start = time.perf_counter_ns()
            self.output = self.forward(self.x)
            milliseconds.append((time.perf_counter_ns() - start) / 1e6)
        return {"milliseconds": milliseconds}

    def describe_output(self):
        if self.output is None:
            raise ValueError("output: nothing has run")
        values = self.output.numpy().astype("<f4")
        text = base64.b64encode(values.tobytes()).decode()
        return {"shape": list(values.shape), "sum": float(values.sum(dtype=numpy.float64)), "float32": text}

    def answer(self, line):
        if words := re.fullmatch(r"load (.+?) ([1-9]\d*)(?: ([1-9]\d*))?", line):
            return self.load(words[1], int(words[2]), int(words[3] or 0))
        if words := re.fullmatch(r"run ([1-9]\d*) ([1-9]\d*)", line):
            return self.run(int(words[1]), int(words[2]))
        if line == "output":
            return self.describe_output()
        if line == "peak":
            return {"peak_bytes": peak_bytes(), "start_bytes": self.start_bytes}
        raise ValueError(f"expected load PATH THREADS [BATCH], run BATCH N, output, peak or quit, found '{line}'")


def say(answer):
    print(json.dumps(answer), flush=True)


def serve(peer, worker):
    """Answers one line with one line until 'quit' or the end of the input."""
    say({"peer": peer, "version": torch.__version__})
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        try:
            say(worker.answer(line.strip()))
        except Exception as error:  # whatever goes wrong is an answer: the driver decides whether to go on
            say({"error": " ".join(str(error).split()) or type(error).__name__})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frozen", action="store_true")
    frozen = parser.parse_args().frozen
    torch.set_grad_enabled(False)
    serve("pytorch-frozen" if frozen else "pytorch", Worker(frozen))


if __name__ == "__main__":
    sys.exit(main())
