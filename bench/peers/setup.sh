#!/bin/sh
# Installs what the peer workers need into this folder, and says what is missing. Takes no action outside of it.
set -eu
cd "$(dirname "$0")"

# --ignore-scripts: the package's install script downloads CUDA libraries; the CPU library is in the package itself.
npm ci --ignore-scripts --no-audit --no-fund

PYTHON="${PYTHON:-/usr/bin/python3}"
if "$PYTHON" -c 'import torch, torchvision' 2>/dev/null; then
    "$PYTHON" -c 'import torch, torchvision; print("PyTorch", torch.__version__, "torchvision", torchvision.__version__)'
else
    echo "setup.sh: $PYTHON has no torch and torchvision (Debian: apt install python3-torch python3-torchvision; or set PYTHON)" >&2
    exit 1
fi
