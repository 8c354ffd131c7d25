"""Makes the fixtures of this folder: small JPEG and PNG files, and what Pillow and torchvision make of them.

    cc -O1 -o /tmp/encode_jpeg encode_jpeg.c -ljpeg && python3 generate.py /tmp/encode_jpeg

Made with libjpeg-turbo 2.1.5, Pillow 9.4, torch 1.13 and torchvision 0.14. The hashes are SHA-256: of the RGB bytes for
images, of the little-endian float32 bytes for tensors.
"""
import hashlib
import io
import itertools
import pathlib
import shutil
import struct
import subprocess
import sys
import zlib

import numpy
import torch
import torchvision.transforms as transforms
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
ENCODER = sys.argv[1]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def sha(data):
    return hashlib.sha256(data).hexdigest()


def picture(width, height, channels, seed):
    """Smooth colour, an edge and noise: large and small coefficients of every frequency."""
    noise = numpy.random.RandomState(seed)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    planes = []
    for c in range(channels):
        plane = 128 + 90 * numpy.sin(x / (3 + 2 * c) + c) * numpy.cos(y / (5 - c))
        plane += numpy.where((x + (c + 1) * y) % 19 < 6, 70, -40) + noise.normal(0, 12, (height, width))
        planes.append(plane)
    return numpy.clip(numpy.stack(planes, -1), 0, 255).astype(numpy.uint8)


# --- JPEG ---

def jpeg(name, width, height, space, factors, quality=80, restart=0, script="sequential"):
    channels = {"gray": 1, "cmyk": 4, "ycck": 4}.get(space, 3)
    raw = picture(width, height, channels, zlib.crc32(name.encode())).tobytes()
    command = [ENCODER, width, height, space, factors, quality, restart, script]
    data = subprocess.run([str(a) for a in command], input=raw, stdout=subprocess.PIPE, check=True).stdout
    (HERE / "jpeg" / f"{name}.jpg").write_bytes(data)
    return data


def jpegs():
    sizes = itertools.cycle([(37, 29), (33, 17), (16, 31), (45, 40), (23, 50)])
    shapes = ["1x1,1x1,1x1", "2x1,1x1,1x1", "1x2,1x1,1x1", "2x2,1x1,1x1", "4x1,1x1,1x1", "1x4,1x1,1x1", "4x2,1x1,1x1", "2x4,1x1,1x1",
              "1x1,2x2,2x2", "1x1,2x1,1x2", "1x2,2x1,1x1", "2x2,2x1,1x2", "2x2,1x2,2x1", "2x2,2x2,1x1", "3x1,1x1,1x1", "1x3,1x1,1x1",
              "4x1,2x1,1x1", "1x4,1x2,1x1", "2x2,2x2,2x1", "3x2,1x1,1x1", "1x1,1x2,4x1"]
    for factors in shapes:
        jpeg("ycc-" + factors.replace(",", "-"), *next(sizes), "ycc", factors)
    for width, height in [(1, 1), (2, 2), (3, 1), (4, 3), (5, 2), (6, 9), (1, 20), (20, 1), (8, 8), (9, 7), (16, 16), (17, 15), (31, 33)]:
        jpeg(f"size-420-{width}x{height}", width, height, "ycc", "2x2,1x1,1x1")
        jpeg(f"size-422-progressive-{width}x{height}", width, height, "ycc", "2x1,1x1,1x1", script="progressive")
    for name, factors in [("420", "2x2,1x1,1x1"), ("422", "2x1,1x1,1x1"), ("440", "1x2,1x1,1x1"), ("444", "1x1,1x1,1x1")]:
        jpeg(f"wide-{name}", 131, 9, "ycc", factors)
    jpeg("separate-440", 37, 29, "ycc", "1x2,1x1,1x1", script="separate")
    jpeg("separate-420", 41, 35, "ycc", "2x2,1x1,1x1", script="separate", restart=4)
    jpeg("separate-410", 67, 35, "ycc", "4x4,1x1,1x1", script="separate")
    jpeg("separate-4x2-2x1-1x1", 67, 35, "ycc", "4x2,2x1,1x1", script="separate")
    jpeg("separate-2x4-1x2-1x1", 29, 67, "ycc", "2x4,1x2,1x1", script="separate")
    jpeg("separate-gray-2x2", 37, 29, "gray", "2x2")
    jpeg("progressive-420", 50, 45, "ycc", "2x2,1x1,1x1", script="progressive")
    jpeg("progressive-444", 45, 50, "ycc", "1x1,1x1,1x1", quality=97, script="progressive")
    jpeg("progressive-restart", 61, 47, "ycc", "2x2,1x1,1x1", restart=3, script="progressive")
    jpeg("progressive-deep-420", 61, 47, "ycc", "2x2,1x1,1x1", quality=95, script="deep")
    jpeg("progressive-deep-441", 35, 61, "ycc", "1x4,1x1,1x1", quality=90, script="deep", restart=7)
    jpeg("progressive-gray", 61, 47, "gray", "1x1", script="progressive")
    jpeg("progressive-cmyk", 37, 29, "cmyk", "1x1,1x1,1x1,1x1", script="progressive")
    jpeg("gray", 37, 29, "gray", "1x1")
    jpeg("gray-restart", 37, 29, "gray", "1x1", restart=2)
    jpeg("rgb", 37, 29, "rgb", "1x1,1x1,1x1")
    jpeg("rgb-subsampled", 37, 29, "rgb", "1x1,2x2,2x1")
    jpeg("cmyk", 37, 29, "cmyk", "1x1,1x1,1x1,1x1")
    jpeg("cmyk-subsampled", 37, 29, "cmyk", "2x2,1x1,1x2,2x1")
    jpeg("ycck", 37, 29, "ycck", "1x1,1x1,1x1,1x1")
    jpeg("ycck-subsampled", 37, 29, "ycck", "2x2,1x1,1x1,2x2")
    jpeg("quality-1-extended", 37, 29, "ycc", "2x2,1x1,1x1", quality=1)
    jpeg("quality-100", 37, 29, "ycc", "2x2,1x1,1x1", quality=100)
    jpeg("quality-100-444", 64, 48, "ycc", "1x1,1x1,1x1", quality=100)
    jpeg("optimized", 64, 48, "ycc", "2x2,1x1,1x1", quality=96, script="optimized")
    jpeg("restart-1", 37, 29, "ycc", "2x2,1x1,1x1", restart=1)
    jpeg("restart-2-444", 37, 29, "ycc", "1x1,1x1,1x1", restart=2)
    jpeg("refused-arithmetic", 37, 29, "ycc", "2x2,1x1,1x1", script="arithmetic")


# --- PNG ---

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def paeth(a, b, c):
    p = a + b - c
    return min(((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)))[2]


def filtered(kind, row, above, step):
    out = bytearray([kind])
    for i, value in enumerate(row):
        left, up, corner = (row[i - step] if i >= step else 0), above[i], (above[i - step] if i >= step else 0)
        out.append((value - [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]) % 256)
    return bytes(out)


def pack(samples, depth):
    if depth == 16:
        return samples.astype(">u2").tobytes()
    bits = "".join(format(int(v), f"0{depth}b") for v in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def scanlines(samples, depth, step, first_filter):
    above, out = None, b""
    for y, row in enumerate(samples):
        line = pack(row.reshape(-1), depth)
        above = above if above is not None else bytes(len(line))
        out += filtered((y + first_filter) % 5, line, above, step)
        above = line
    return out


def png(name, width, height, color, depth, interlace, transparency=False):
    seed = zlib.crc32(name.encode())
    random = numpy.random.RandomState(seed)
    if color == 3:
        samples = random.randint(0, 2 ** depth, (height, width, 1))
    else:
        samples = picture(width, height, CHANNELS[color], seed).astype(int)
        samples = samples * 257 + random.randint(-200, 200, samples.shape) if depth == 16 else samples >> (8 - depth)
        samples = numpy.clip(samples, 0, 2 ** depth - 1)
    step = max(1, CHANNELS[color] * depth // 8)
    if interlace:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in PASSES]
        raw = b"".join(scanlines(p, depth, step, i) for i, p in enumerate(parts) if p.size)
    else:
        raw = scanlines(samples, depth, step, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))
    if color == 3:
        data += chunk(b"PLTE", random.randint(0, 256, 3 * 2 ** depth, dtype=numpy.uint8).tobytes())
    if transparency:
        data += chunk(b"tRNS", b"\0\x80\xff"[:2 ** depth] if color == 3 else b"".join(struct.pack(">H", int(v)) for v in samples[0, 0]))
    packed = zlib.compress(raw)
    half = len(packed) // 2
    data += chunk(b"tEXt", b"Comment\0fixture") + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")
    (HERE / "png" / f"{name}.png").write_bytes(data)
    if depth == 16:  # Pillow clips 16-bit gray at 255; Espalier takes the high byte of every 16-bit sample
        colours = samples[..., :1].repeat(3, -1) if color in (0, 4) else samples[..., :3]
        return (colours >> 8).astype(numpy.uint8).tobytes()
    return None


def pngs():
    by_hand = {}
    for color, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
        for depth, interlace in itertools.product(depths, [0, 1]):
            name = f"color{color}-depth{depth}-{'adam7' if interlace else 'plain'}"
            by_hand[f"png/{name}.png"] = png(name, 19, 13, color, depth, interlace, transparency=color in (0, 2, 3) and interlace == 0)
    for width, height in [(1, 1), (2, 1), (1, 5), (3, 3), (5, 2), (4, 9)]:
        by_hand[f"png/adam7-{width}x{height}.png"] = png(f"adam7-{width}x{height}", width, height, 2, 8, 1)
    return by_hand


def images(by_hand):
    lines = ["file\twidth\theight\tsha256_of_rgb_bytes"]
    for path in sorted([*HERE.glob("jpeg/*.jpg"), *HERE.glob("png/*.png")]):
        name = path.relative_to(HERE).as_posix()
        if "refused" in name:
            continue
        image = Image.open(path)
        rgb = by_hand.get(name) or image.convert("RGB").tobytes()
        lines.append(f"{name}\t{image.width}\t{image.height}\t{sha(rgb)}")
    return lines


# --- what is done with pixels ---

def with_orientation(data, orientation):
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def orientations():
    data = (HERE / "jpeg/progressive-420.jpg").read_bytes()
    lines = ["orientation\twidth\theight\tsha256_of_rgb_bytes"]
    for orientation in range(1, 9):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(with_orientation(data, orientation))))
        lines.append(f"{orientation}\t{image.width}\t{image.height}\t{sha(image.tobytes())}")
    return lines


FILTERS = [("Bilinear", Image.BILINEAR), ("Bicubic", Image.BICUBIC), ("Lanczos", Image.LANCZOS), ("Box", Image.BOX), ("Nearest", Image.NEAREST)]
RESIZES = [(64, 48), (32, 24), (33, 25), (17, 40), (100, 31), (129, 97), (64, 20), (20, 48), (1, 1), (3, 200), (640, 2), (63, 47), (7, 5), (65, 49)]


def resizes():
    image = Image.open(HERE / "jpeg/quality-100-444.jpg").convert("RGB")
    lines = ["width\theight\tinterpolation\tsha256_of_rgb_bytes"]
    for (width, height), (name, how) in itertools.product(RESIZES, FILTERS):
        lines.append(f"{width}\t{height}\t{name}\t{sha(image.resize((width, height), how).tobytes())}")
    return lines


def pipelines():
    lines = ["file\tresize\tcrop\tinterpolation\tcropped_width\tcropped_height\tsha256_of_cropped\tsha256_of_unit_tensor\tsha256_of_tensor"]
    names = ["quality-100-444", "progressive-deep-420", "size-420-31x33", "size-420-1x20", "gray", "ycc-2x4-1x1-1x1", "size-420-9x7"]
    for name, (resize, crop), interpolation in itertools.product(names, [(32, 28), (40, 40), (20, 31), (57, 12), (16, 17)], ["Bilinear", "Bicubic"]):
        image = Image.open(HERE / f"jpeg/{name}.jpg").convert("RGB")
        how = getattr(transforms.InterpolationMode, interpolation.upper())
        cropped = transforms.CenterCrop(crop)(transforms.Resize(resize, how)(image))
        unit = transforms.ToTensor()(cropped)
        tensor = transforms.Normalize(MEAN, STD)(unit)
        hashes = [sha(cropped.tobytes()), sha(unit.numpy().tobytes()), sha(tensor.numpy().tobytes())]
        lines.append("\t".join([name, str(resize), str(crop), interpolation, str(cropped.width), str(cropped.height), *hashes]))
    return lines


def save(name, lines):
    (HERE / name).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for folder in ["jpeg", "png"]:
        shutil.rmtree(HERE / folder, ignore_errors=True)
        (HERE / folder).mkdir()
    jpegs()
    save("images.tsv", images(pngs()))
    save("orientations.tsv", orientations())
    save("resizes.tsv", resizes())
    save("pipelines.tsv", pipelines())
