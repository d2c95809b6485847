//! What the receiving server said of SPF, DKIM and DMARC (RFC 8601 Authentication-Results). Reported, not believed: only
//! the topmost field counts, and only from the server that the owner named.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// Who says so: the first word of the topmost field.
    pub authserv_id: Option<String>,
    /// `pass`, `fail`, `softfail`, `none` …, lower case.
    pub spf: Option<String>,
    pub dkim: Option<String>,
    pub dmarc: Option<String>,
}

impl Authentication {
    /// "Verified" needs a DMARC pass said by the server that the owner configured (PROMISES P43).
    pub fn is_verified(&self, trusted_authserv_id: Option<&str>) -> bool {
        let said_by_ours = matches!((&self.authserv_id, trusted_authserv_id), (Some(said), Some(ours)) if said.eq_ignore_ascii_case(ours));
        said_by_ours && self.dmarc.as_deref() == Some("pass")
    }
}
