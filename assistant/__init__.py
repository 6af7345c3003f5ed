"""How a question is answered: understanding, evidence, quoting, refusing, and the doors to it."""
