"""What maintainers do with the corpus: documents, staged changes, evaluation, rules, reports, logs. No page in it."""
