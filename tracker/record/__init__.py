"""The record as a whole, read across the floors: proof that it holds, and its export."""
