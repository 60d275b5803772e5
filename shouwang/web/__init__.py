"""The top floor: pages. Each view fetches through queries, acts through actions and shows a template."""
