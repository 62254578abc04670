"""Papers and photographs that somebody hands in on these pages. 上传材料"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songhe.document.file import keep_file
from songhe.document.models import StoredFile
from songhe.document.upload import PAPER, accept
from songhe.doors.elder.whom import account_of
from songhe.doors.shell.request import DoorRequest

MOST_BYTES = 5 * 1024 * 1024


def paper_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.FileField:
    """A photograph or a PDF of at most 5 MB; a telephone offers its camera."""
    return forms.FileField(
        label=label,
        help_text=help_text or _("拍照或 PDF，不超过 5 MB。"),
        required=required,
        error_messages={"required": _("请选择照片或文件。"), "empty": _("文件是空的。")},
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )


def keep_paper(request: DoorRequest, file: Any, *, county: str, purpose: str) -> StoredFile:
    """Keep what was handed in, once it is known to be harmless. Refuses with ``document.upload_*``."""
    taken = accept(file, PAPER, MOST_BYTES)
    return keep_file(
        county=county, content=taken.content, purpose=purpose, uploaded_by=account_of(request), at=request.at
    )
