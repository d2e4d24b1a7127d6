"""The catalogue server: one small part for each kind of thing that a ChatKit server passes on."""
