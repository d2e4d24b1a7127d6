"""Which change made something fail: searched for by driving cells, and proven by one."""
