"""Floor 5: 户籍台账. Households, people, ledger, dated facts, and the files departments send."""
