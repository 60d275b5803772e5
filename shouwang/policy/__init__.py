"""Floor 2: policies as code. One folder a policy: its text, its dated figures, its indicators and rules."""
