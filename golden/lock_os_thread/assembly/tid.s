// Nothing is here: the declaration is what counts.
