"""What a project needs to begin with: its settings, a first scenario recorded from its server, a CI job."""
