"""Concurrent calls on shared sessions, checked for linearizability."""
