"""Documents of a case: application, records, minutes, filing, the letter to the family. Read by queries, made by actions."""
