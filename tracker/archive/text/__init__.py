"""What a document says: bytes read into plain text, its title and its date."""
