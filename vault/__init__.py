"""Secrets: the keyring, sealing, opening and blind indexes."""
