"""What is answered without doing it again: requests already owned, and reads of pages."""
