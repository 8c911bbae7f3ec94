"""Files to decoded media: bounded in size, time and memory."""
