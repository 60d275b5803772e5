"""待办, 已办, 我经手的, overdue, and the daily suspicion lists."""
