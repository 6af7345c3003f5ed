"""What is known: the stories of the award-winning cities, their rules, and facts over all of them."""
