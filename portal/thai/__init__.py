"""Thai text as people type it, keep it, read it and look for it: repaired at the door, normalised for the
index, cut into words and into whole letters, numbered, dated, sorted and decoded. Pure Python: this room
knows neither the web nor the database, and every function may be called from several threads at once."""
