"""Letters and statements as PDF, from the same HTML as the pages."""

from __future__ import annotations

from songhe.kernel.refusal import reason

PDF_UNAVAILABLE = reason(
    "document.pdf_unavailable",
    zh="这台机器没有安装 Pango，不能生成 PDF；请用浏览器打印。",
    en="Pango is not installed here, so no PDF can be made; print from the browser.",
    status=503,
)


def render_pdf(html: str, base_css: str = "") -> bytes:
    """The PDF of an HTML document, with ``base_css`` under its own styles.

    Only ``data:`` addresses are read, so text that people typed can fetch nothing. Refuses with
    ``document.pdf_unavailable`` where WeasyPrint's libraries are missing.
    """
    try:
        from weasyprint import CSS, HTML, URLFetcher
    except OSError:
        raise PDF_UNAVAILABLE() from None

    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    styles = [CSS(string=base_css, url_fetcher=fetcher)] if base_css else []
    return bytes(HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=styles))
