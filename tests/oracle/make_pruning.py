"""Asks torch.nn.utils.prune which weights it removes and writes fixtures/pruning/*. See README.md."""

import json
import sys
from pathlib import Path

import torch
import torchvision
from torch.nn.utils import prune

import counter_fill

PRUNING = Path(__file__).resolve().parent / "fixtures" / "pruning"
SHAPE = (6, 8, 3, 3)


def layer(name, shape=SHAPE):
    """A layer with weights of the formula."""
    module = torch.nn.Linear(shape[1], shape[0], bias=False) if len(shape) == 2 else torch.nn.Conv2d(shape[1], shape[0], shape[2], bias=False)
    module.weight.data = torch.from_numpy(counter_fill.fill(name, shape, -1.0, 2.0)).reshape(shape)
    return module


def apply(module, step):
    method, amount = step["method"], step.get("amount")
    if method == "l1_unstructured":
        prune.l1_unstructured(module, "weight", amount)
    elif method == "random_unstructured":
        prune.random_unstructured(module, "weight", amount)
    elif method == "random_structured":
        prune.random_structured(module, "weight", amount, step["dim"])
    elif method == "ln_structured":
        prune.ln_structured(module, "weight", amount, float("inf") if step["n"] == "inf" else step["n"], step["dim"])
    elif method == "custom_from_mask":
        chosen = torch.from_numpy(counter_fill.fill(step["stream"], module.weight.shape, 0.0, 1.0)).reshape(module.weight.shape)
        prune.custom_from_mask(module, "weight", (chosen >= amount).float())
    else:
        prune.identity(module, "weight")


def text(mask):
    return "".join(str(int(kept)) for kept in mask.flatten().tolist())


def cases():
    yield "identity", SHAPE, [{"method": "identity"}]
    yield "custom", SHAPE, [{"method": "custom_from_mask", "amount": 0.3, "stream": "chosen"}]
    for number, amount in enumerate([0, 0.0, 0.2, 0.5, 0.7153, 1.0, 1, 17, 432]):
        yield f"l1/{number}", SHAPE, [{"method": "l1_unstructured", "amount": amount}]
        yield f"random/{number}", SHAPE, [{"method": "random_unstructured", "amount": amount}]
    yield "l1/half_to_even", (1, 5), [{"method": "l1_unstructured", "amount": 0.5}]
    yield "linear", (7, 9), [{"method": "l1_unstructured", "amount": 0.5}]
    for dim in (0, 1, -1):
        for n in (1, 2, "inf"):
            for amount in (0.5, 2):
                yield f"ln/{dim}/{n}/{amount}", SHAPE, [{"method": "ln_structured", "amount": amount, "n": n, "dim": dim}]
        yield f"random_structured/{dim}", SHAPE, [{"method": "random_structured", "amount": 0.4, "dim": dim}]
    l1 = {"method": "l1_unstructured", "amount": 0.3}
    l2 = {"method": "ln_structured", "amount": 0.25, "n": 2, "dim": 0}
    custom = {"method": "custom_from_mask", "amount": 0.4, "stream": "again"}
    yield "twice/l1_l1", SHAPE, [l1, l1]
    yield "twice/l1_l2", SHAPE, [l1, l2]
    yield "twice/l2_l1", SHAPE, [l2, l1]
    yield "twice/l2_l2", SHAPE, [l2, dict(l2, dim=1)]
    yield "twice/custom_l1", SHAPE, [custom, l1]
    yield "thrice", SHAPE, [l1, custom, dict(l1, amount=20)]
    yield "random_after_l1", SHAPE, [l1, {"method": "random_unstructured", "amount": 0.5}]


def one(name, shape, steps):
    module = layer(name, shape)
    torch.manual_seed(1)
    for step in steps:
        apply(module, step)
    is_random = any(step["method"].startswith("random") for step in steps)
    mask = module.weight_mask
    answer = {"removed": int((mask == 0).sum())} if is_random else {"mask": text(mask)}
    return {"name": name, "shape": list(shape), "steps": steps, **answer}


def globally():
    modules = [layer("global/a"), layer("global/b", (4, 6, 1, 1)), layer("global/c", (5, 7))]
    modules[1].weight.data *= 0.5
    pairs = [(module, "weight") for module in modules]
    prune.l1_unstructured(modules[0], "weight", 0.1)
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=0.4)
    prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=30)
    return {"masks": [text(module.weight_mask) for module in modules]}


def checkpoint():
    """A pruned network's checkpoint and what it computes."""
    net = torch.nn.Sequential()
    net.add_module("conv", torch.nn.Conv2d(2, 3, 3))
    net.add_module("flatten", torch.nn.Flatten())
    net.add_module("fc", torch.nn.Linear(3 * 4, 2))
    for name, parameter in net.named_parameters():
        parameter.data = torch.from_numpy(counter_fill.fill(name, tuple(parameter.shape), -1.0, 2.0)).reshape(parameter.shape)
    prune.l1_unstructured(net.conv, "weight", 0.5)
    prune.l1_unstructured(net.fc, "weight", 7)
    prune.l1_unstructured(net.fc, "bias", 1)
    torch.save(net.state_dict(), PRUNING / "masked.pth")
    with torch.no_grad():
        picture = torch.from_numpy(counter_fill.fill("input", (1, 2, 4, 4), -1.0, 2.0)).reshape(1, 2, 4, 4)
        # the convolution of a 4x4 picture without padding is 2x2
        return {"input": picture.flatten().tolist(), "output": net(picture).flatten().tolist()}


def resnet():
    net = torchvision.models.resnet50()
    prune.random_unstructured(net.conv1, "weight", 0.2)
    return {"removed": int((net.conv1.weight_mask == 0).sum()), "of": net.conv1.weight_mask.numel()}


def main():
    PRUNING.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(one(*case)) for case in cases()]
    (PRUNING / "masks.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    others = {"global": globally(), "checkpoint": checkpoint(), "resnet50": resnet()}
    (PRUNING / "others.json").write_text(json.dumps(others) + "\n", encoding="utf-8")
    print(f"{len(lines)} cases")


if __name__ == "__main__":
    sys.exit(main())
