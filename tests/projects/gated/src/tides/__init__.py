"""When the water comes and goes."""
