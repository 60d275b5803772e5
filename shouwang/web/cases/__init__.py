"""Cases: one page a case, the steps of its procedure, signatures and doors."""
