"""Asks PyTorch for the names, shapes, sizes and logits of every network in zoo.py and writes fixtures/zoo/. See README.md."""

import gzip
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

import counter_fill
import published
from zoo import ZOO

FIXTURES = Path(__file__).resolve().parent / "fixtures"

# Checks of the fixtures themselves. float32 and float64 must agree well below the tests' tolerance of 1e-4, and the
# logits must come from the input and not just from the biases, or a test against them would prove little.
LARGEST_ROUNDING = 1e-5
SMALLEST_SENSITIVITY = 0.01


def count_macs(model, x):
    """The output of the model, and the multiply-accumulates of its convolutions and linear layers for one image."""
    total = 0

    def count(module, _, output):
        nonlocal total
        inputs_per_output = module.weight.numel() // module.weight.shape[0]
        total += output[0].numel() * inputs_per_output

    handles = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    output = model(x)
    for handle in handles:
        handle.remove()
    return output, total


def ask(name, entry):
    """Fills and runs one network; the logits are computed in float64 on the float32 parameters."""
    model = entry.build().eval()
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    if not entry.logits:
        _, macs = count_macs(model.to("meta"), torch.empty(entry.input, device="meta"))
        return shapes, None, sum(p.numel() for p in model.parameters()), macs
    state = model.state_dict()  # with the versions of modules, which MNASNet demands
    for key, shape in shapes.items():
        state[key] = torch.from_numpy(counter_fill.parameter(key, shape, entry.norm_gain))
    model.load_state_dict(state)
    x = torch.from_numpy(counter_fill.input_array(entry.input))
    in_float32, macs = count_macs(model, x)
    model.double()
    logits = model(x.double())
    largest = logits.abs().max().item()
    rounding = (in_float32 - logits).abs().max().item() / largest
    sensitivity = (model(torch.zeros_like(x).double()) - logits).abs().max().item() / largest
    print(f"{name:28} largest {largest:9.3g}  rounding {rounding:.1e}  sensitivity {sensitivity:.2g}", flush=True)
    assert rounding < LARGEST_ROUNDING and sensitivity > SMALLEST_SENSITIVITY, name
    parameters = sum(p.numel() for p in model.parameters())
    return shapes, logits.numpy().astype(numpy.float32), parameters, macs


def _count_rows(name, entry, parameters, macs):
    rows = published.of_model(name) or [(None, None, None, None)]
    for published_parameters, published_macs, tolerance, source in rows:
        for actual, claimed in ((parameters, published_parameters), (macs, published_macs)):
            assert claimed is None or abs(actual - claimed) <= tolerance * claimed, (name, actual, claimed)
        cells = [f"{value:.0f}" if value else "-" for value in (published_parameters, published_macs)]
        spread = f"{tolerance:.2g}" if tolerance else "-"
        size = counter_fill.shape_text(entry.input[1:])
        yield f"{name}\t{size}\t{parameters}\t{macs}\t{cells[0]}\t{cells[1]}\t{spread}\t{source or '-'}\n"


def _write_gzip(path, lines):
    """With no name and no time in the header, so that the same lines give the same file."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(lines).encode())


def main():
    torch.set_grad_enabled(False)
    (FIXTURES / "zoo").mkdir(parents=True, exist_ok=True)
    names = ["model\tname\tshape\n"]
    models = ["model\tinput\tnorm_gain\n"]
    counts = ["model\tinput\tparameters\tmacs\tpublished_parameters\tpublished_macs\ttolerance\tsource\n"]
    for name, entry in ZOO.items():
        shapes, logits, parameters, macs = ask(name, entry)
        if entry.logits:
            numpy.save(FIXTURES / "zoo" / f"{name}.npy", logits)
            models.append(f"{name}\t{counter_fill.shape_text(entry.input)}\t{entry.norm_gain:g}\n")
        names += (f"{name}\t{key}\t{counter_fill.shape_text(shape)}\n" for key, shape in shapes.items())
        counts += _count_rows(name, entry, parameters, macs)
    _write_gzip(FIXTURES / "zoo" / "state_dicts.tsv.gz", names)
    (FIXTURES / "zoo" / "models.tsv").write_text("".join(models), encoding="utf-8")
    (FIXTURES / "zoo_counts.tsv").write_text("".join(counts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
