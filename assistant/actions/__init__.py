"""Custom actions, one file a flow: each asks the product and says what the product decided. No wording here."""
