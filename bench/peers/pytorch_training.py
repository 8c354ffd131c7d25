"""Peer worker: PyTorch's training step on the CPU. Speaks the line protocol of bench/README.md over stdin and stdout.

    pytorch_training.py                   the module as it is
    pytorch_training.py --channels-last   the same with channels innermost in memory
"""

import argparse
import sys
import time

import torch

from pytorch import Worker, serve

# As in bench/Espalier.Bench/Workers/TrainingWorker.cs.
LEARNING_RATE = 0.01
MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4


class TrainingWorker(Worker):
    """A run is a step: forward in training mode, cross-entropy, backward, SGD with momentum and decay."""

    def __init__(self, channels_last):
        super().__init__(frozen=False)
        self.format = torch.channels_last if channels_last else torch.contiguous_format

    def prepare(self, batch):
        super().prepare(batch)
        self.model.train().to(memory_format=self.format)
        self.x = self.x.to(memory_format=self.format)
        self.optimizer = torch.optim.SGD(self.model.parameters(), LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
        self.labels = (7 * torch.arange(batch) + 3) % self.outputs

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(self.model(self.x), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def run(self, batch, count):
        if self.model is None or batch != self.batch:
            raise ValueError(f"run: nothing is loaded for a batch of {batch}")
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter_ns()
            losses.append(self.step())
            milliseconds.append((time.perf_counter_ns() - start) / 1e6)
        return {"milliseconds": milliseconds, "losses": losses}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels-last", action="store_true")
    channels_last = parser.parse_args().channels_last
    sys.exit(serve("pytorch-training", TrainingWorker(channels_last)))
