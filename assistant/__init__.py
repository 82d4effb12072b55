"""The Rasa project: what is being done is decided here; what is true is asked of the product over HTTP."""
