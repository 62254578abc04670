"""The signs: drawn for Songhe on a grid of 24 with a stroke of 1.75, always with a word beside them."""

from __future__ import annotations

SIGNS: dict[str, str] = {
    # What people do
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "card": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M3 10h18M7 14.5h4"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "edit": '<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z"/>',
    "download": '<path d="M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M4.5 20h15"/>',
    "upload": '<path d="M12 16V5M7.5 9 12 4.5 16.5 9M4.5 20h15"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "eye": (
        '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>'
    ),
    "reverse": '<path d="M4 9.5h11a5 5 0 0 1 0 10H9M8 5.5l-4 4 4 4"/>',
    "refresh": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15"/>',
    "leave": '<path d="M14 4H5v16h9M10 12h11m-4-4 4 4-4 4"/>',
    "enter": '<path d="M10 4h9v16h-9M3 12h11m-4-4 4 4-4 4"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "left": '<path d="M20 12H4.5m6-6.5-6.5 6.5 6.5 6.5"/>',
    "right": '<path d="M4 12h15.5m-6-6.5 6.5 6.5-6.5 6.5"/>',
    "down": '<path d="m5.5 9 6.5 6.5L18.5 9"/>',
    # How things stand
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "question": '<path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18.5v.2"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.2"/>',
    "alert": '<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2"/>',
    "stop": '<circle cx="12" cy="12" r="8.5"/><path d="m6.2 6.2 11.6 11.6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2.5"/>',
    "pause": '<circle cx="12" cy="12" r="8.5"/><path d="M10 9v6M14 9v6"/>',
    "dot": '<circle cx="12" cy="12" r="3.5"/>',
    "half": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>',
    "lock": '<path d="M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 15v2"/>',
    # People and places
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.8-4 4-6 8-6s7.2 2 8 6"/>',
    "people": (
        '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5'
        'M15.5 5.5a3.5 3.5 0 0 1 0 6.3M18 14.8c2 .8 3.2 2.6 3.5 5.2"/>'
    ),
    "elder": (
        '<circle cx="10" cy="5.5" r="2.75"/><path d="M6 21v-6.5c0-3 1.5-5 4-5s3.5 1.8 4 4l3 1.5'
        'M10 14v7M17 12.5V21M17 12.5c0-1.4 2.5-1.4 2.5.3"/>'
    ),
    "home": '<path d="M3.5 11.5 12 4l8.5 7.5M6 9.5V20h12V9.5M10 20v-5.5h4V20"/>',
    "building": '<path d="M5 20.5V4h9v16.5M14 9.5h5v11M3 20.5h18M8 8h3M8 12h3M8 16h3M16.5 13v.2M16.5 16.5v.2"/>',
    "care": (
        '<path d="M12 12.5 8.6 9.2a2.4 2.4 0 1 1 3.4-3.4 2.4 2.4 0 1 1 3.4 3.4z'
        'M3 15.5h3.5l3 1.5h4a1.5 1.5 0 0 1 0 3H10M14.5 17.5l4.5-2.2c1.5-.7 2.7.9 1.5 2L15 21H8l-1.5-1H3"/>'
    ),
    # Papers and money
    "document": '<path d="M6 3.5h8.5L19 8v12.5H6zM14 3.5V8.5h5M9 12.5h7M9 16h7"/>',
    "inbox": '<path d="M3.5 13.5 6 5h12l2.5 8.5V19.5h-17zM3.5 13.5H9a3 3 0 0 0 6 0h5.5"/>',
    "ticket": ('<path d="M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4z"/><path d="M15 8.5v1.5M15 12.2v1.5M15 16v0"/>'),
    "receipt": '<path d="M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5zM9 8.5h6M9 12.5h6"/>',
    "qr": (
        '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM7 7h.2M17 7h.2M7 17h.2'
        'M14 14h2.5v2.5M20 14v2M14 20v-1.5M17.5 20H20v-1.5M18.5 16.5h.2"/>'
    ),
    "money": '<circle cx="12" cy="12" r="8.5"/><path d="m8.5 7.5 3.5 4.5 3.5-4.5M12 12v5.5M9 12.5h6M9 15h6"/>',
    "statement": '<path d="M4 4h16v16.5H4zM4 9h16M9 9v11.5M12 13h5M12 16.5h5"/>',
    "calendar": '<path d="M4 6h16v14.5H4zM4 10.5h16M8 3.5V7M16 3.5V7M8 14.5h.2M12 14.5h.2M16 14.5h.2M8 17.5h.2"/>',
    "chart": '<path d="M4 4v16h16M8 16.5v-4M12 16.5V8M16 16.5v-6"/>',
    "scale": '<path d="M12 4v16M8 20h8M5 7h14M5 7l-2.5 6.5h5zM19 7l-2.5 6.5h5z"/>',
    "shield": '<path d="M12 3.5 4.5 6v6c0 4.5 3 7.5 7.5 9 4.5-1.5 7.5-4.5 7.5-9V6zM8.5 12l2.5 2.5 4.5-5"/>',
    "phone": (
        '<path d="M5 3.5h4l1.5 5-2.5 1.5c1 2.5 3 4.5 5.5 5.5L15.5 13l5 1.5v4c0 1.2-1 2-2.2 2'
        'C11 20 4 13 3.5 5.7 3.4 4.5 4 3.5 5 3.5z"/>'
    ),
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>',
    # The public pages
    "star": '<path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z"/>',
    "pin": '<path d="M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11z"/><circle cx="12" cy="10" r="2.5"/>',
    # The display switches
    "text": '<path d="M3 18.5 8 6l5 12.5M5 14.5h6M14.5 18.5 17.5 11l3 7.5M15.5 16h4"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2'
        'M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>'
    ),
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>',
}
