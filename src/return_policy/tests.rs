//! Laws of the verdict, and what the ready policies say of ordinary cases.
