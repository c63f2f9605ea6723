//! A local stand-in for Adobe Pass Authentication, for development and tests.
