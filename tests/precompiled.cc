// Nothing: the target around it is there for its precompiled headers.
