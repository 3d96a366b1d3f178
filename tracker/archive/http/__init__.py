"""How the outside is asked: one gate, its address checks, its manners."""
