"""Holds what went over the wire against Adobe's OpenAPI documents."""
