"""The registry: the list of households, one page a household, and every act upon them."""
