"""How a text is cut: words and sentences, quotation marks, lines and paragraphs."""
