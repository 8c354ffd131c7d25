"""What Pillow makes of JPEG files at 1/2, 1/4 and 1/8 of their size: those of this folder and, given its path, those of the kit.

    python3 generate_reduced.py KIT

Made with libjpeg-turbo 2.1.5 and Pillow 9.4. The hashes are the first 16 digits of the SHA-256 of the RGB bytes.
"""
import hashlib
import pathlib
import sys

from PIL import Image

HERE = pathlib.Path(__file__).parent


def reduced(path, name):
    for divisor in (2, 4, 8):
        with Image.open(path) as image:
            least = min(image.size) // divisor
            if least < 1:
                continue
            if image.size[0] // least >= 2 * divisor and image.size[1] // least >= 2 * divisor:
                least += 1  # the next smaller size would do too
            image.draft(None, (least, least))
            try:
                pixels = image.convert("RGB")
            except OSError:
                continue  # truncated
        yield "\t".join(map(str, (name, least, *pixels.size, hashlib.sha256(pixels.tobytes()).hexdigest()[:16])))


if __name__ == "__main__":
    rows = ["file\treduce to\twidth\theight\thash"]
    for path in sorted((HERE / "jpeg").glob("*.jpg")):
        if "refused" not in path.name:
            rows += reduced(path, f"jpeg/{path.name}")
    kit = pathlib.Path(sys.argv[1])
    refused = {"hopper_bad_exif.jpg", "testimgari.jpg", "truncated_jpeg.jpg", "ultrahdr.jpg"}  # by KitDecodingTests
    for path in [*sorted(kit.glob("jpeg/libjpeg-turbo/*.jpg")), *sorted(kit.glob("jpeg/pillow/*.jpg")), kit / "imagenet" / "dog.jpg"]:
        if path.name in refused:
            continue
        try:
            rows += reduced(path, f"kit/{path.relative_to(kit)}")
        except (OSError, SyntaxError) as error:
            print(path, error)
    (HERE / "reduced.tsv").write_text("\n".join(rows) + "\n")
