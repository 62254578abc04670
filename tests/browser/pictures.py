"""Pictures of codes as a till meets them: a photograph taken by hand, and what a camera sees. Drawn where they are
needed, of a code that is fresh."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from PIL import Image, ImageFilter

GREY = 180


def code(payload: str, scale: int) -> Image.Image:
    """The code as the elder's telephone shows it, with its white margin."""
    drawn = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(drawn, kind="png", scale=scale, border=4)
    return Image.open(drawn).convert("L")


def photograph(payload: str, path: Path) -> Path:
    """A JPEG of twelve megapixels: held askew, from the side, a little out of focus, in poor light."""
    wide, high = 4000, 3000
    shown = code(payload, scale=28).rotate(11, expand=True, fillcolor=GREY, resample=Image.Resampling.BICUBIC)
    table = Image.new("L", (wide, high), GREY)
    table.paste(shown, ((wide - shown.width) // 2, (high - shown.height) // 2))
    aslant = (180, 90, 60, high - 40, wide - 30, high - 200, wide - 240, 20)
    table = table.transform((wide, high), Image.Transform.QUAD, aslant, Image.Resampling.BICUBIC, fillcolor=GREY)
    table = table.filter(ImageFilter.GaussianBlur(4))
    noise = Image.effect_noise((wide, high), 30)
    Image.blend(table.point(lambda light: int(40 + light * 0.6)), noise, 0.15).convert("RGB").save(path, quality=70)
    return path


def film(payload: str, path: Path) -> Path:
    """Two seconds of what a camera sees (Y4M, 640 × 480), the telephone moving a little in somebody's hand."""
    wide, high, frames = 640, 480, 20
    shown = code(payload, scale=7)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{wide} H{high} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(frames):
            seen = Image.new("L", (wide, high), GREY)
            turned = shown.rotate(frame % 5 - 2, expand=True, fillcolor=GREY, resample=Image.Resampling.BILINEAR)
            seen.paste(turned, ((wide - turned.width) // 2 + frame % 7, (high - turned.height) // 2 + frame % 3))
            out.write(b"FRAME\n" + seen.filter(ImageFilter.GaussianBlur(0.8)).tobytes())
            out.write(bytes([128]) * (wide * high // 2))
    return path
