//! Whatever happens, in whatever order: no path sends a follow-up without a consent that lives (PROMISES P68).
