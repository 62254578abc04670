"""The packs with some of them put in place of others, read from a copy: for drafts and for what-if runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from songhe.kernel.refusal import reason
from songhe.policy.pack import FILES, is_pack_id
from songhe.policy.resolve import Library, shipped

NOT_A_PACK = reason(
    "policy.not_a_pack",
    zh="“{pack}”应写成“六位区划代码/项目/版本”，文件只能是{files}。",
    en="{pack} is not <place>/<programme>/<edition>, or it holds other files than {files}.",
)


@contextmanager
def laid_over(pack: str, files: Mapping[str, str], *, root: Path | None = None) -> Iterator[Library]:
    """The packs of a folder with one pack put in its place; the folder itself is not touched.

    Refuses with ``policy.not_a_pack``.
    """
    if not is_pack_id(pack) or not set(files) <= set(FILES):
        raise NOT_A_PACK("pack", pack=pack, files="、".join(FILES))
    with _copied(root) as copy:
        put(pack, files, into=copy)
        yield Library(copy)


@contextmanager
def laid_over_folder(changed: Path, *, root: Path | None = None) -> Iterator[Library]:
    """The packs of a folder with every pack of another folder put in place of its namesake."""
    with _copied(root) as copy:
        for folder in sorted(changed.glob("*/*/*")):
            if folder.is_dir():
                target = copy / folder.relative_to(changed)
                if target.exists():
                    shutil.rmtree(target)
                shutil.copytree(folder, target)
        if (changed / "sources.yaml").exists():
            shutil.copy(changed / "sources.yaml", copy / "sources.yaml")
        yield Library(copy)


def put(pack: str, files: Mapping[str, str], *, into: Path) -> Path:
    """Write a pack's files as its folder, in place of one that is there."""
    folder = into / pack
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@contextmanager
def _copied(root: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="songhe-packs-") as temporary:
        copy = Path(temporary) / "policies"
        shutil.copytree(root or shipped(), copy)
        yield copy
