"""Functions as real processes: the Runtime API they speak, the workers that are those processes, the pools of them."""
