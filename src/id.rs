//! Row ids as types of their own, so that a customer's number never asks for a conversation.

/// Declares newtypes over a row id that SQLite, serde, URLs and logs understand.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }

        impl crate::database::ToSql for $name {
            fn to_sql(&self) -> Result<crate::database::ToSqlOutput<'_>, crate::database::SqlError> {
                self.0.to_sql()
            }
        }

        impl crate::database::FromSql for $name {
            fn column_result(value: crate::database::ValueRef<'_>) -> Result<Self, crate::database::FromSqlError> {
                i64::column_result(value).map($name)
            }
        }
    )+};
}

ids! {
    AgentId, MailboxId, FolderId, LedgerId, CustomerId, ConversationId,
    /// A message's row; its RFC 5322 Message-ID is `email::MessageId`.
    MessageKey,
    EventId, OutboxId, TagId, TemplateId, UploadId, AttachmentId,
    OrderId, OrderLineId,
    /// A return request; customers and agents call it R-0001.
    ReturnId,
    WantedLetterId,
    /// A custom action or a webhook, and one call of it.
    ActionId, CallId,
    /// A field that the owner added to returns.
    OwnFieldId,
    /// A key with which the shop's programs post orders.
    ShopKeyId,
    /// What a customer likes, what they wish for, and what they agreed to.
    InterestId, WishId, ConsentId,
    /// What an agent did to a lead.
    LeadEventId,
    /// A piece that the shop has for sale.
    PieceId,
    /// A sale of a piece, so that it can be taken back.
    SaleId,
    DiscountId, DiscountCodeId, PlanId, FollowUpId, SegmentId,
    /// Two records of a person that became one.
    JoinId,
}
