"""通知。What people are told: templates as data, quiet hours, channels behind a port, an inbox."""
