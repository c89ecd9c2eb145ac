"""Markdown: to clean HTML, to plain text, from the raw text of a document, and what changed between two texts.

Pure text in, pure values out: this room knows no person, no page and no database.
"""
