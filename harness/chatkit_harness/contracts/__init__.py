"""What the packages promise on the wire: schemas of each chatkit release, judged and compared."""
