//! The Adobe Pass Authentication client: sign a TV viewer in, authorize, hand over media tokens.
