"""A user's checkout, read without running it: servers and workflows, and what their project needs."""
