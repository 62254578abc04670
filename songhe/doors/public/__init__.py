"""大厅。The hall: what everybody may see without signing in."""
