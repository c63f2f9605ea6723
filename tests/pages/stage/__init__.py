"""What the tests of the pages play on: a sandbox, an app on a TV, and a browser."""
