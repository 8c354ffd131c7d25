"""Makes the checkpoints of this folder and the tables that say what is in them.

    /usr/bin/python3 make_fixtures.py [KIT]

Written for PyTorch 1.13 (Debian 12: apt install python3-torch). With the kit's folder it also writes kit.tsv, from what PyTorch reads there.
Tables: file, name, type, shape, SHA-256 of the elements in row-major order, little-endian.
"""
import collections
import hashlib
import io
import json
import os
import pickle
import struct
import sys
import tarfile

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool]
WRAPPERS = ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "state"]
TRAINING = ["optimizer", "optimizer_state_dict", "rng_state"]


def raw(tensor):
    """The elements as bytes, also of types that numpy lacks."""
    tensor = tensor.detach().contiguous()
    return bytes(tensor.reshape(-1).view(torch.uint8).numpy()) if tensor.numel() else b""


def row(file, name, tensor):
    shape = "x".join(map(str, tensor.shape)) or "scalar"
    data = raw(tensor.reshape(1)) if tensor.dim() == 0 else raw(tensor)
    return "\t".join([file, name, str(tensor.dtype)[6:], shape, hashlib.sha256(data).hexdigest()])


def flatten(value, path=""):
    """The rule of CheckpointReader, said again in Python."""
    if torch.is_tensor(value):
        yield path or "tensor", value
    elif isinstance(value, torch.nn.Module):
        yield from flatten(value.state_dict(), path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from flatten(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for key, item in enumerate(value):
            yield from flatten(item, f"{path}.{key}" if path else str(key))


def state_dict(value):
    if isinstance(value, dict):
        if not any("." in str(key) and torch.is_tensor(item) for key, item in value.items()):
            for wrapper in WRAPPERS:
                if wrapper in value and not torch.is_tensor(value[wrapper]) and any(flatten(value[wrapper])):
                    return state_dict(value[wrapper])
        value = {key: item for key, item in value.items() if key not in TRAINING}
    found = list(flatten(value))
    while found and all(name.startswith("module.") for name, _ in found):
        found = [(name[7:], tensor) for name, tensor in found]
    return found


def all_types():
    torch.manual_seed(1)
    values = torch.randn(3, 4) * 50
    return collections.OrderedDict((str(t)[6:] + ".weight", (values > 0) if t == torch.bool else values.to(t)) for t in TYPES)


def views():
    base = torch.arange(24, dtype=torch.float32)
    return collections.OrderedDict([
        ("whole", base),
        ("middle", base[5:11]),
        ("matrix", base.view(4, 6)),
        ("transposed", base.view(4, 6).t()),
        ("every_second", base[1::2]),
        ("permuted", base.view(2, 3, 4).permute(2, 0, 1)),
        ("expanded", base[7:8].expand(5, 1)),
        ("channels_last", base.view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)),
        ("scalar", base[3]),
        ("empty", base[:0].view(0, 3)),
        ("one", torch.tensor([[[2.5]]])),
    ])


def training_checkpoint():
    torch.manual_seed(2)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3, bias=False), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 3))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.zeros(2, 1, 3, 5)[:, :, :, :4].repeat(1, 1, 1, 1)).sum().backward()
    optimizer.step()
    weights = collections.OrderedDict(("module." + name, value) for name, value in net.state_dict().items())
    return {"epoch": 90, "arch": "resnet18", "best_acc1": 69.75, "state_dict": weights, "optimizer": optimizer.state_dict()}


def with_transient_buffers():
    """A whole module with buffers that its state_dict leaves out, at the top and within."""
    torch.manual_seed(5)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.Sequential(torch.nn.BatchNorm2d(2)))
    net.register_buffer("grid", torch.ones(3), persistent=False)
    net[0].register_buffer("kept", torch.arange(2.0))
    net[0].register_buffer("cache", torch.ones(4), persistent=False)
    return net


def legacy_tar(path, value):
    """The form of PyTorch 0.1, which no newer PyTorch writes: after torch/serialization.py of 0.1.12. A parameter is a class without arguments and a state."""
    tensors, storages = {}, {}

    class Parameter:
        pass

    Parameter.__module__, Parameter.__qualname__, Parameter.__name__ = "torch.nn.parameter", "Parameter", "Parameter"

    class Pickler(pickle._Pickler):
        def persistent_id(self, item):
            if torch.is_tensor(item) and not isinstance(item, torch.nn.Parameter):
                tensors[id(item)] = item
                return str(id(item) % 1000003)
            return None

        def save(self, item, save_persistent_id=True):
            if isinstance(item, torch.nn.Parameter):
                data = item.data
                keep.append(data)
                self.save_global(torch.nn.Parameter)
                self.write(pickle.EMPTY_TUPLE + pickle.NEWOBJ)
                self.save((data, None, None, True, False))
                self.write(pickle.BUILD)
            else:
                super().save(item, save_persistent_id)

    keep = []
    main = io.BytesIO()
    Pickler(main, 2).dump(value)

    def key(number):
        return number % 1000003

    for tensor in tensors.values():
        storages[tensor.storage().data_ptr()] = tensor.storage()
    body = pickle.dumps(len(storages), 2)
    for pointer, storage in storages.items():
        kind = getattr(torch, type_name(storage.dtype) + "Storage")
        body += pickle.dumps((key(pointer), "cpu", kind), 2)
        body += struct.pack("<q", len(storage)) + raw(torch.tensor([], dtype=storage.dtype).set_(storage))
    body += pickle.dumps([], 2)

    index = pickle.dumps(len(tensors), 2)
    for number, tensor in tensors.items():
        index += dumps((key(number), key(tensor.storage().data_ptr()), ClassName(type_name(tensor.dtype) + "Tensor")))
        index += struct.pack("<ii", tensor.dim(), 0)
        index += struct.pack(f"<{2 * tensor.dim()}q", *tensor.shape, *tensor.stride())
        index += struct.pack("<q", tensor.storage_offset())

    system = {"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as tar:
        for name, content in [("sys_info", pickle.dumps(system, 2)), ("pickle", main.getvalue()), ("tensors", index), ("storages", body)]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


class ClassName(str):
    """Pickled as the name of a tensor class."""


class NamePickler(pickle._Pickler):
    def save(self, item, save_persistent_id=True):
        if isinstance(item, ClassName):
            self.write(pickle.GLOBAL + b"torch\n" + item.encode() + b"\n")
        else:
            super().save(item, save_persistent_id)


def dumps(value):
    stream = io.BytesIO()
    NamePickler(stream, 2).dump(value)
    return stream.getvalue()


def type_name(dtype):
    return {torch.float32: "Float", torch.float64: "Double", torch.float16: "Half", torch.bfloat16: "BFloat16", torch.uint8: "Byte", torch.int8: "Char",
            torch.int16: "Short", torch.int32: "Int", torch.int64: "Long", torch.bool: "Bool"}[dtype]


def main():
    fixtures = {}

    def save(name, value, legacy=False, **options):
        path = os.path.join(HERE, name)
        torch.save(value, path, _use_new_zipfile_serialization=not legacy, **options)
        fixtures[name] = value

    for form in ("zip", "stream"):
        legacy = form == "stream"
        save(f"types.{form}.pth", all_types(), legacy)
        save(f"views.{form}.pth", views(), legacy)
        save(f"training.{form}.pth", training_checkpoint(), legacy)
        save(f"parameter.{form}.pth", {"a.weight": torch.nn.Parameter(torch.arange(6.0).view(2, 3)), "b.weight": torch.nn.Parameter(torch.ones(2), False)}, legacy)
        for protocol in (1, 3, 4, 5):
            save(f"protocol{protocol}.{form}.pth", collections.OrderedDict([("a.weight", torch.arange(3.0)), ("b", [torch.zeros(2), {"c": torch.ones(1)}])]), legacy, pickle_protocol=protocol)
    save("wrapped_twice.zip.pth", {"epoch": 3, "model": {"state_dict": {"fc.weight": torch.arange(4.0)}}, "rng_state": torch.zeros(4, dtype=torch.uint8)})
    torch.manual_seed(3)  # not as a stream: that would hold the source code of every module
    save("module.zip.pth", torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.Sequential(torch.nn.BatchNorm2d(2))))
    save("single.zip.pth", torch.arange(5, dtype=torch.int32))
    save("transient.zip.pth", with_transient_buffers())
    save("transient_in_dict.zip.pth", {"epoch": 4, "ema": None, "model": with_transient_buffers()}, pickle_protocol=4)

    for name, value in [("types.tar.pth", all_types()), ("views.tar.pth", views()),
                        ("parameter.tar.pth", collections.OrderedDict([("a.weight", torch.nn.Parameter(torch.arange(6.0).view(2, 3))), ("a.running_mean", torch.ones(2))]))]:
        path = os.path.join(HERE, name)
        legacy_tar(path, value)
        loaded = torch.load(path)
        assert list(loaded) == list(value) and all(torch.equal(loaded[k], value[k]) and loaded[k].dtype == value[k].dtype for k in value), name
        fixtures[name] = value

    with open(os.path.join(HERE, "fixtures.tsv"), "w") as table:
        for name, value in fixtures.items():
            for key, tensor in state_dict(value):
                print(row(name, key, tensor), file=table)

    # Kinds of tensors that no network here can use.
    torch.save({"a.weight": torch.ones(2), "b.weight": torch.ones(2, dtype=torch.complex64)}, os.path.join(HERE, "refused_complex.pth"))
    torch.save({"a.weight": torch.ones(2), "b.weight": torch.eye(3).to_sparse()}, os.path.join(HERE, "refused_sparse.pth"))
    torch.save({"a.weight": torch.ones(2), "b.weight": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)}, os.path.join(HERE, "refused_quantized.pth"))

    if len(sys.argv) > 1:
        kit(sys.argv[1])


def kit(root):
    names = {"F32": torch.float32, "I64": torch.int64, "F16": torch.float16, "F64": torch.float64}
    with open(os.path.join(HERE, "kit.tsv"), "w") as table:
        for folder in ("formats/tensors", "weights", "reparam"):
            for file in sorted(os.listdir(os.path.join(root, folder))):
                path = os.path.join(root, folder, file)
                if file.endswith(".safetensors"):
                    with open(path, "rb") as stream:
                        header = json.loads(stream.read(struct.unpack("<Q", stream.read(8))[0]))
                        data = stream.read()
                    header.pop("__metadata__", None)
                    found = [(k, torch.frombuffer(bytearray(data[v["data_offsets"][0]:v["data_offsets"][1]]), dtype=names[v["dtype"]]).reshape(v["shape"])) for k, v in header.items()]
                elif file == "broken.pt" or file.endswith(".npy"):
                    continue
                else:
                    found = state_dict(torch.load(path, map_location="cpu"))
                for key, tensor in found:
                    print(row(f"{folder}/{file}", key, tensor), file=table)


if __name__ == "__main__":
    main()
