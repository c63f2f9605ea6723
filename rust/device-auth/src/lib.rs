//! What every device sign-in shares: secrets, placements, time, polling, rate and storage.
