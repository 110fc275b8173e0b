"""The acts of the café: one function is one transaction is one thing a person would say."""
