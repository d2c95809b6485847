//! Where a return request stands, and where it may go from there.

super::code::codes! {
    State {
        /// Something that is needed to decide was not said yet.
        AwaitingDetails = "awaiting_details",
        ToDecide = "to_decide",
        /// Agreed; the item has to come back first.
        Approved = "approved",
        OnItsWay = "on_its_way",
        Received = "received",
        /// Money, credit or a new piece is owed.
        ToRefund = "to_refund",
        Refunded = "refunded",
        Replaced = "replaced",
        Credited = "credited",
        Declined = "declined",
        Withdrawn = "withdrawn",
    }
}

super::code::codes! {
    /// What was decided.
    Decision {
        Refund = "refund",
        PartialRefund = "partial_refund",
        Replacement = "replacement",
        Repair = "repair",
        Exchange = "exchange",
        StoreCredit = "store_credit",
        /// The money goes back and the item stays where it is.
        KeepItem = "keep_item",
        Decline = "decline",
    }
}

use State::*;

impl State {
    pub fn is_closed(self) -> bool {
        matches!(self, Refunded | Replaced | Credited | Declined | Withdrawn)
    }

    /// Somebody agreed to something: it is neither waiting for that nor refused.
    pub fn is_agreed(self) -> bool {
        !matches!(self, AwaitingDetails | ToDecide | Declined | Withdrawn)
    }

    /// Whether a person may move it there by hand. What is closed is opened again by undo alone.
    pub fn may_become(self, next: State) -> bool {
        match self {
            AwaitingDetails => matches!(next, ToDecide | Withdrawn),
            ToDecide => matches!(next, AwaitingDetails | Approved | ToRefund | Declined | Withdrawn),
            Approved => matches!(next, OnItsWay | Received | ToRefund | Withdrawn),
            OnItsWay => matches!(next, Received | ToRefund | Withdrawn),
            Received => matches!(next, ToRefund | Refunded | Replaced | Credited | Declined),
            ToRefund => matches!(next, Refunded | Replaced | Credited | Received),
            Refunded | Replaced | Credited | Declined | Withdrawn => false,
        }
    }

    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            AwaitingDetails => "awaiting details",
            ToDecide => "to decide",
            Approved => "approved",
            OnItsWay => "on its way back",
            Received => "received",
            ToRefund => "to refund",
            Refunded => "refunded",
            Replaced => "replaced",
            Credited => "credited",
            Declined => "declined",
            Withdrawn => "withdrawn",
        }
    }
}

impl Decision {
    /// How the return ends once what was decided is done.
    pub fn ends_as(self) -> State {
        match self {
            Decision::Refund | Decision::PartialRefund | Decision::KeepItem => Refunded,
            Decision::Replacement | Decision::Repair | Decision::Exchange => Replaced,
            Decision::StoreCredit => Credited,
            Decision::Decline => Declined,
        }
    }

    /// Money or credit leaves the shop.
    pub fn moves_money(self) -> bool {
        matches!(self, Decision::Refund | Decision::PartialRefund | Decision::StoreCredit | Decision::KeepItem)
    }

    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            Decision::Refund => "refund",
            Decision::PartialRefund => "partial refund",
            Decision::Replacement => "replacement",
            Decision::Repair => "repair",
            Decision::Exchange => "exchange",
            Decision::StoreCredit => "store credit",
            Decision::KeepItem => "refund, they keep the item",
            Decision::Decline => "decline",
        }
    }
}
