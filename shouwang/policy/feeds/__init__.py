"""What each department delivers, a module a department. Found by scanning: a new kind of file is one more declaration."""
