"""Printing: what people read on paper and screens, in their own language: money, dates, and receipts in three forms."""
