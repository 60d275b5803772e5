"""A made-up regiment to try the whole system on: units, people with posts, its data loaded and screened."""
