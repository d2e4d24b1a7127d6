"""Plans a run, drives it, and judges what it gave; every other room is told what to do from here."""
