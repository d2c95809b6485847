mod analysis;
mod finding;
mod keeping;
mod p30;
mod shop;
