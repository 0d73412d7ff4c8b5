"""What notebooks import: timing, memory, profiling, counting, plotting, checks, data, a server."""
