"""Search and filters of the catalogue as pure calculations: words, needs, and the columnar index."""
