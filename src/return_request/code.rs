//! The few words that programs rely upon: why something comes back, and what its buyer would like.

/// Declares an enum whose values have relied-upon codes.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$value_doc])* #[serde(rename = $code)] $value),+ }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$value),+];

            pub fn code(self) -> &'static str {
                match self { $($name::$value => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$value),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// Why it comes back.
    Reason {
        Damaged = "damaged",
        NotAsDescribed = "not_as_described",
        WrongItem = "wrong_item",
        ChangedMind = "changed_mind",
        NotDelivered = "not_delivered",
        Other = "other",
    }
}

codes! {
    /// What the customer would like.
    Wish {
        Refund = "refund",
        Replacement = "replacement",
        Exchange = "exchange",
        StoreCredit = "store_credit",
        Repair = "repair",
    }
}
