//! The journeys as stories, on a real database and without any door.
