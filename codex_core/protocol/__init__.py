"""The words of the core: operations in, events out, items to and from the model. No behaviour."""
