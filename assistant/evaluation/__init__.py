"""How good the answers are: question files, the measures over them, and what is told about them."""
