"""Asks PyTorch how its optimizers, schedulers and losses behave and writes fixtures/trainer/*.json. See README.md."""

import json
import sys
from pathlib import Path

import torch

import counter_fill
from zoo import ZOO

TRAINING = Path(__file__).resolve().parent / "fixtures" / "trainer"
SHAPE = (3, 5)
STEPS = 6
ONE_CYCLE_STEPS = 10


def stream(name, count, low=-1.0, width=2.0):
    """Numbers of the formula, as a float32 tensor."""
    return torch.from_numpy(counter_fill.fill(name, (count,), low, width))


def optimizer_case(name, make, rates):
    """A parameter that learns from given gradients; in step 3 it has none."""
    parameter = torch.nn.Parameter(stream(f"{name}/value", SHAPE[0] * SHAPE[1]).reshape(SHAPE))
    optimizer = make([parameter], rates[0])
    values = []
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        gradient = stream(f"{name}/gradient/{step}", SHAPE[0] * SHAPE[1]).reshape(SHAPE)
        parameter.grad = None if step == 3 else gradient
        optimizer.step()
        values.append([float(v) for v in parameter.detach().flatten()])
    return {"case": name, "rates": rates, "values": values}


def one_cycle_case(name, make, momentum_of, **settings):
    """The same under OneCycleLR, which changes rate and momentum before every step; the gradient is never missing."""
    parameter = torch.nn.Parameter(stream(f"{name}/value", SHAPE[0] * SHAPE[1]).reshape(SHAPE))
    optimizer = make([parameter])
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=ONE_CYCLE_STEPS, **settings)
    rates, momenta, values = [], [], []
    for step in range(ONE_CYCLE_STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(momentum_of(optimizer.param_groups[0]))
        parameter.grad = stream(f"{name}/gradient/{step}", SHAPE[0] * SHAPE[1]).reshape(SHAPE)
        optimizer.step()
        values.append([float(v) for v in parameter.detach().flatten()])
        if step + 1 < ONE_CYCLE_STEPS:
            scheduler.step()
    return {"case": name, "rates": rates, "momenta": momenta, "values": values}


def one_cycle():
    sgd, adamw = torch.optim.SGD, torch.optim.AdamW
    momentum, beta1 = (lambda group: group["momentum"]), (lambda group: group["betas"][0])
    return [
        one_cycle_case("one_cycle_sgd", lambda p: sgd(p, 0.1, momentum=0.9, weight_decay=0.01), momentum),
        one_cycle_case("one_cycle_nesterov", lambda p: sgd(p, 0.1, momentum=0.9, nesterov=True), momentum, pct_start=0.5, base_momentum=0.6, max_momentum=0.8),
        one_cycle_case("one_cycle_adamw", lambda p: adamw(p, 0.1, weight_decay=0.1), beta1),
    ]


def optimizers():
    rates = [0.1, 0.1, 0.05, 0.05, 0.02, 0.01]
    sgd = torch.optim.SGD
    adamw = torch.optim.AdamW
    return [
        optimizer_case("sgd", lambda p, lr: sgd(p, lr), rates),
        optimizer_case("sgd_decay", lambda p, lr: sgd(p, lr, weight_decay=0.1), rates),
        optimizer_case("sgd_momentum", lambda p, lr: sgd(p, lr, momentum=0.9, weight_decay=0.01), rates),
        optimizer_case("sgd_dampening", lambda p, lr: sgd(p, lr, momentum=0.8, dampening=0.3), rates),
        optimizer_case("sgd_nesterov", lambda p, lr: sgd(p, lr, momentum=0.9, weight_decay=0.01, nesterov=True), rates),
        optimizer_case("adamw", lambda p, lr: adamw(p, lr), [r / 10 for r in rates]),
        optimizer_case("adamw_settings", lambda p, lr: adamw(p, lr, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.3), rates),
    ]


def schedule_case(name, make, steps, per_step):
    """The factor before each of 'steps' steps, with 10 steps in an epoch."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedulers = make(optimizer)
    factors = []
    for step in range(steps):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler, every in zip(schedulers, per_step):
            if every or (step + 1) % 10 == 0:
                scheduler.step()
    return {"case": name, "steps": steps, "factors": factors}


def schedules():
    s = torch.optim.lr_scheduler
    return [
        schedule_case("step", lambda o: [s.StepLR(o, 2, 0.5)], 60, [False]),
        schedule_case("multi_step", lambda o: [s.MultiStepLR(o, [2, 3, 5], 0.1)], 60, [False]),
        schedule_case("cosine", lambda o: [s.CosineAnnealingLR(o, 60)], 60, [True]),
        schedule_case("cosine_end", lambda o: [s.CosineAnnealingLR(o, 60, eta_min=0.1)], 60, [True]),
        schedule_case("one_cycle", lambda o: [s.OneCycleLR(o, 1.0, total_steps=60)], 60, [True]),
        schedule_case("one_cycle_settings", lambda o: [s.OneCycleLR(o, 1.0, total_steps=60, pct_start=0.5, div_factor=10, final_div_factor=100)], 60, [True]),
        schedule_case("warm_up_multi_step", lambda o: [s.LinearLR(o, 0.25, 1.0, 15), s.MultiStepLR(o, [2, 4], 0.1)], 60, [True, False]),
    ]


def loss_case(name, loss, images, classes, scale):
    logits = (stream(f"{name}/logits", images * classes) * scale).reshape(images, classes).double().requires_grad_()
    value = loss(logits, images, classes)
    value.backward()
    return {
        "case": name, "images": images, "classes": classes, "scale": scale,
        "loss": float(value), "gradient": [float(v) for v in logits.grad.flatten()],
    }


def labels(images, classes):
    return torch.arange(images) * 3 % classes


def soft(name, images, classes):
    return stream(f"{name}/targets", images * classes, 0, 1).reshape(images, classes).double()


def distilled(logits, images, classes, name, temperature, alpha):
    f = torch.nn.functional
    teacher = (stream(f"{name}/teacher", images * classes) * 3).reshape(images, classes).double()
    hard = f.cross_entropy(logits, labels(images, classes))
    divergence = f.kl_div(f.log_softmax(logits / temperature, 1), f.softmax(teacher / temperature, 1), reduction="batchmean")
    return (1 - alpha) * hard + alpha * temperature ** 2 * divergence


def losses():
    f = torch.nn.functional
    return [
        loss_case("labels", lambda x, n, c: f.cross_entropy(x, labels(n, c)), 5, 7, 4),
        loss_case("large", lambda x, n, c: f.cross_entropy(x, labels(n, c)), 4, 3, 1000),
        loss_case("smoothing", lambda x, n, c: f.cross_entropy(x, labels(n, c), label_smoothing=0.1), 5, 7, 4),
        loss_case("soft", lambda x, n, c: f.cross_entropy(x, soft("soft", n, c)), 5, 7, 4),
        loss_case("distillation", lambda x, n, c: distilled(x, n, c, "distillation", 4.0, 0.7), 5, 7, 4),
    ]


def clipping():
    cases = []
    for norm in (0.5, 100.0):
        parameters = [torch.nn.Parameter(torch.zeros(n)) for n in (15, 4)]
        for i, parameter in enumerate(parameters):
            parameter.grad = stream(f"clipping/{i}", parameter.numel())
        total = torch.nn.utils.clip_grad_norm_(parameters, norm)
        cases.append({"limit": norm, "norm": float(total), "gradients": [[float(v) for v in p.grad] for p in parameters]})
    return cases


def adamw_resnet20():
    """The loss before each of five steps on one batch, in float64 on float32 parameters of the formula."""
    model = ZOO["cifar_resnet20"].build().train()
    state = model.state_dict()
    model.load_state_dict({key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape))) for key, value in state.items()})
    model = model.double()
    images = torch.from_numpy(counter_fill.input_array((8, 3, 32, 32))).double()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, eps=1e-3)  # a larger rate makes more of roundings than the tests allow
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels(8, 10), label_smoothing=0.1)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [{"case": "adamw_resnet20", "losses": losses}]


class Heads(torch.nn.Module):
    """The network of tests/Espalier.Testing/Graphs/SeveralOutputs.cs: a classifier with an auxiliary one."""

    def __init__(self):
        super().__init__()
        n = torch.nn
        self.conv1, self.bn1 = n.Conv2d(3, 4, 3, padding=1, bias=False), n.BatchNorm2d(4)
        self.aux = n.Module()
        self.aux.conv, self.aux.bn, self.aux.fc = n.Conv2d(4, 2, 1, bias=False), n.BatchNorm2d(2), n.Linear(8, 4)
        self.conv2, self.bn2, self.fc = n.Conv2d(4, 4, 3, padding=1, bias=False), n.BatchNorm2d(4), n.Linear(16, 4)

    def forward(self, x):
        f = torch.nn.functional
        x = f.relu(self.bn1(self.conv1(x)))
        head = f.relu(self.aux.bn(self.aux.conv(f.avg_pool2d(x, 4))))
        x = f.relu(self.bn2(self.conv2(x)))
        return self.fc(f.avg_pool2d(x, 4).flatten(1)), self.aux.fc(head.flatten(1))


def auxiliary():
    """Loss, gradients and running statistics of the first of a few steps of SGD, and the losses of all, with 0.3 times the loss of the auxiliary classifier; in float64."""
    model = Heads().train()
    model.load_state_dict({key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape))) for key, value in model.state_dict().items()})
    model = model.double()
    images = torch.from_numpy(counter_fill.input_array((6, 3, 8, 8))).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses, gradients, buffers = [], {}, {}
    for step in range(STEPS):
        optimizer.zero_grad()
        first, head = model(images)
        loss = torch.nn.functional.cross_entropy(first, labels(6, 4)) + 0.3 * torch.nn.functional.cross_entropy(head, labels(6, 4))
        loss.backward()
        if step == 0:
            gradients = {key: [float(f"{v:.9g}") for v in value.grad.flatten()] for key, value in model.named_parameters()}
            buffers = {key: [float(f"{v:.9g}") for v in value.flatten()] for key, value in model.named_buffers() if "num_batches" not in key}
        optimizer.step()
        losses.append(loss.item())
    return [{"case": "heads", "losses": losses, "gradients": gradients, "buffers": buffers}]


def main():
    TRAINING.mkdir(parents=True, exist_ok=True)
    for name, cases in (("optimizers", optimizers()), ("one_cycle", one_cycle()), ("schedules", schedules()), ("losses", losses()), ("clipping", clipping()), ("steps", adamw_resnet20()), ("auxiliary", auxiliary())):
        text = "[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n"
        (TRAINING / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{name}: {len(cases)}")


if __name__ == "__main__":
    sys.exit(main())
