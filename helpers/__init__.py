"""What notebooks import: timing, memory, counting, plotting, checks, data, a local web server."""
