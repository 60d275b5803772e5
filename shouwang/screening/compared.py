"""What does a simulation show of a household, and what does it compare? The columns, and how before and after are named."""

#: What is shown of a household whatever the parameters, and what is compared.
SHOWN = ("household_id", "unit", "members", "net_income_per_head")
COMPARED = ("outcome", "route", "tier", "rules_met", "rules_suspected", "rules_unknown")
BEFORE, AFTER = "_before", "_after"
