"""What the web app shows: pages that ask the assistant and show what it answers, without logic."""
