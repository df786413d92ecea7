"""What happened, in words and drawings: labels of bytes, diagrams, reports. Values in, text out."""
