"""What a notebook imports: timing, memory, counting, plotting, checks, data and a local web server."""
