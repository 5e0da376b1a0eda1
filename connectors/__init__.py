"""Hands: agencies' files and feeds become sealed reports on Kafka."""
