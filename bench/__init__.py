"""The bench: the same screening by us and by rivals, measured in turn (`make bench`)."""
