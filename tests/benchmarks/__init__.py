"""What takes how long, beside others in the same run. Nothing here is ever asserted: machines differ."""
