"""Scenarios: YAML files to `Scenario`, and the catalogue that a run selects from."""
