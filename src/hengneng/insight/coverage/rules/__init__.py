"""When a connection is live, late or silent; what completeness is."""
