"""The comparison workbench: doubtful rows beside people, and conflicts between sources."""
