"""Painters of cells and badges: text says it, shape repeats it, colour comes last."""
