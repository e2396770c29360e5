"""Policy documents, clauses, reward rules, indexes and releases."""
