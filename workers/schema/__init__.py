"""Every table in one place, and the migrations that bring a database to them."""
