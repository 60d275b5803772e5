"""Settings, addresses and entry points. The only place that reads the environment."""
