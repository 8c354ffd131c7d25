"""Makes small WebP, BMP, GIF and TIFF files, and the table of what Pillow makes of them: RGB pixels of the first frame or page.

    python3 generate.py

Made with Pillow 9.4. The hashes are the first 16 digits of the SHA-256 of the RGB bytes.
"""
import hashlib
import io
import pathlib
import struct

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
W, H = 12, 8
rs = np.random.RandomState(1)
a = rs.randint(0, 256, (H, W, 3), dtype=np.uint8)
b = rs.randint(0, 256, (H, W, 3), dtype=np.uint8)
A, B = Image.fromarray(a), Image.fromarray(b)
rows = ["file\twidth\theight\thash"]


def add(name, data):
    image = Image.open(io.BytesIO(data))
    pixels = image.convert("RGB").tobytes()
    if image.mode == "I;16":  # of which Pillow 9.4 takes what is above 255 as white: the high byte instead, as for PNG
        pixels = np.repeat(np.asarray(image) >> 8, 3).astype(np.uint8).tobytes()
    (HERE / name).write_bytes(data)
    rows.append("\t".join(map(str, (name, *image.size, hashlib.sha256(pixels).hexdigest()[:16]))))


def save(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def rgb16(data):
    """A TIFF file of 16-bit RGB, which Pillow reads but does not write."""
    entries = [(256, 3, 1, W), (257, 3, 1, H), (258, 3, 3, 8 + 2 + 12 * 9 + 4), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8 + 2 + 12 * 9 + 4 + 6),
               (277, 3, 1, 3), (278, 3, 1, H), (279, 4, 1, len(data))]
    return struct.pack("<2sHIH", b"II", 42, 8, 9) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4) + struct.pack("<3H", 16, 16, 16) + data


add("animated.webp", save(A, "WEBP", save_all=True, append_images=[B], lossless=True, duration=100))
rgba = np.dstack([a, rs.randint(0, 256, (H, W, 1), dtype=np.uint8)])
RGBA = Image.fromarray(rgba, "RGBA")
add("alpha.webp", save(RGBA, "WEBP", lossless=True, exact=True))
add("lossy.webp", save(A, "WEBP", quality=80))
add("animated-alpha.webp", save(RGBA, "WEBP", save_all=True, append_images=[B.convert("RGBA")], lossless=True, exact=True))
pa = A.quantize(15)
pb = B.quantize(15)
add("animated.gif", save(pa, "GIF", save_all=True, append_images=[pb], duration=100))
add("transparent.gif", save(pa, "GIF", transparency=3))
add("transparent-animated.gif", save(pa, "GIF", transparency=3, save_all=True, append_images=[pb], disposal=2))
part = bytearray(save(pa, "GIF"))
at = part.index(0x2C, 13 + 3 * 16)
part[at + 7:at + 9] = struct.pack("<H", H - 2)
add("part.gif", bytes(part))
add("gray.gif", save(A.convert("L"), "GIF"))
add("interlaced.gif", save(pa, "GIF", interlace=1))
g16 = rs.randint(0, 65536, (H, W), dtype=np.uint16)
add("gray16.tiff", save(Image.fromarray(g16), "TIFF"))
add("cmyk.tiff", save(A.convert("CMYK"), "TIFF"))
cm = Image.fromarray(rs.randint(0, 256, (H, W, 4), dtype=np.uint8), "CMYK")
add("cmyk-random.tiff", save(cm, "TIFF"))
add("cmyk-lzw.tiff", save(cm, "TIFF", compression="tiff_lzw"))
add("rgba.tiff", save(RGBA, "TIFF"))
add("gray.tiff", save(A.convert("L"), "TIFF"))
add("bilevel.tiff", save(A.convert("1"), "TIFF"))
add("palette.tiff", save(pa, "TIFF"))
add("lzw.tiff", save(A, "TIFF", compression="tiff_lzw"))
add("deflate.tiff", save(A, "TIFF", compression="tiff_adobe_deflate"))
add("packbits.tiff", save(A, "TIFF", compression="packbits"))
add("jpeg.tiff", save(A, "TIFF", compression="jpeg"))
add("lab.tiff", save(Image.fromarray(a, "LAB"), "TIFF"))
add("float.tiff", save(Image.fromarray(rs.rand(H, W).astype(np.float32)*255), "TIFF"))
add("pages.tiff", save(A, "TIFF", save_all=True, append_images=[B]))
add("rgba.bmp", save(RGBA, "BMP"))
add("palette.bmp", save(pa, "BMP"))
add("bilevel.bmp", save(A.convert("1"), "BMP"))
add("gray.bmp", save(A.convert("L"), "BMP"))
add("rgb16.tiff", rgb16(rs.randint(0, 65536, (H, W, 3), dtype=np.uint16).tobytes()))
(HERE / "pillow.tsv").write_text("\n".join(rows) + "\n")
