"""Asks PyTorch what each operation of op_cases.py computes and writes fixtures/ops/*.jsonl. See README.md."""

import sys
from pathlib import Path

import torch

import op_cases

FIXTURES = Path(__file__).resolve().parent / "fixtures"
OPS = FIXTURES / "ops"


def main():
    torch.set_grad_enabled(False)
    OPS.mkdir(parents=True, exist_ok=True)
    for group, cases in op_cases.ALL.items():
        lines = [one.to_json(f"gradients/{one.op}/{number}" if group == "gradients" else f"{one.op}/{number}") for number, one in enumerate(cases())]
        (OPS / f"{group}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{group}: {len(lines)}")


if __name__ == "__main__":
    sys.exit(main())
