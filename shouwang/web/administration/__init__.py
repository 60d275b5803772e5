"""Accounts, posts and the audit trail: pages of the three administrators."""
