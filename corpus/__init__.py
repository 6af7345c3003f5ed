"""What is known: the stories of award-winning cities, their rules, facts over all of them."""
