//! Replies as the clients of our customers write them.

use super::{new_text, new_text_before};

#[test]
fn the_answer_above_the_history_is_what_is_new() {
    for history in [
        "On Tue, Mar 3, 2026 at 10:00 AM Low Tide Prints <help@lowtide.example> wrote:\n> Which size?\n",
        "On Tue, Mar 3, 2026 at 10:00 AM Low Tide Prints and Originals of the North\n<help@lowtide.example> wrote:\n\n> Which size?\n",
        "Am Di., 3. März 2026 um 10:00 Uhr schrieb Low Tide <help@lowtide.example>:\n\n> Welche Größe?\n",
        "Le mar. 3 mars 2026 à 10:00, Low Tide <help@lowtide.example> a écrit :\n> Quelle taille ?\n",
        "El mar, 3 mar 2026 a las 10:00, Low Tide (<help@lowtide.example>) escribió:\n> ¿Qué tamaño?\n",
        "Il giorno mar 3 mar 2026 alle ore 10:00 Low Tide <help@lowtide.example> ha scritto:\n> x\n",
        "Op di 3 mrt 2026 om 10:00 schreef Low Tide <help@lowtide.example>:\n> x\n",
        "Em ter., 3 de mar. de 2026 às 10:00, Low Tide <help@lowtide.example> escreveu:\n> x\n",
        "Den tis 3 mars 2026 kl 10:00 skrev Low Tide <help@lowtide.example>:\n> x\n",
        "2026年3月3日(火) 10:00 Low Tide <help@lowtide.example>:\n> x\n",
        "wt., 3 mar 2026 o 10:00 Low Tide <help@lowtide.example> napisał(a):\n> x\n",
        "-----Original Message-----\nFrom: Low Tide\nWhich size?\n",
        "-----Ursprüngliche Nachricht-----\nVon: Low Tide\nx\n",
        "________________________________\nFrom: Low Tide <help@lowtide.example>\nSent: Tuesday, March 3, 2026 10:00\nTo: Anna\nSubject: Your order\n\nWhich size?\n",
        "Von: Low Tide <help@lowtide.example>\nGesendet: Dienstag, 3. März 2026 10:00\nAn: Anna\nBetreff: Bestellung\n\nx\n",
        "*De :* Low Tide\n*Envoyé :* mardi 3 mars 2026\n*À :* Anna\n*Objet :* x\n\nx\n",
        "Från: Low Tide\nSkickat: den 3 mars 2026\nTill: Anna\nÄmne: x\n\nx\n",
        "差出人: Low Tide\n送信日時: 2026年3月3日\n宛先: Anna\n件名: x\n\nx\n",
        "------- Original Message -------\nOn Tuesday, March 3rd, 2026 at 10:00, Low Tide <help@lowtide.example> wrote:\n\n> x\n",
        "---- On Tue, 03 Mar 2026 10:00:00 +0100 Low Tide <help@lowtide.example> wrote ----\n\nx\n",
        "From: help@lowtide.example\nDate: Tue, 3 Mar 2026 10:00:00 +0100\n\nx\n",
        "---\nFrom: Low Tide\nSent: Tuesday\nTo: Anna\nSubject: x\n\nx\n",
        "Wiadomość napisana przez Low Tide <help@lowtide.example> w dniu 3 mar 2026, o godz. 10:00:\n\n> x\n",
        "3. 3. 2026 v 10:00, Low Tide <help@lowtide.example>:\n\n> x\n",
        "Вторник, 3 марта 2026, 10:00 +03:00 от Low Tide <help@lowtide.example>:\n\nx\n",
        "Low Tide wrote:\n> Which size?\n",
        "On Tue, Mar 3, 2026 at 10:00 Low Tide <help@lowtide.example>\n\n> x\n",
        "##- Please type your reply above this line -##\nx\n",
    ] {
        assert_eq!(new_text(&format!("The big one, please.\n\nAnna\n\n{history}")), "The big one, please.\n\nAnna", "{history}");
    }
}

#[test]
fn answers_inside_and_below_the_quote_stay() {
    let inline = "Hi, see below.\n\nOn 3 Mar 2026, at 10:00, Low Tide wrote:\n> Which size?\n\nThe big one.\n\n> Which frame?\n\nNone.\n\n> Bye\n";
    assert_eq!(new_text(inline), "Hi, see below.\n\n> Which size?\n\nThe big one.\n\n> Which frame?\n\nNone.");
    assert_eq!(new_text("On 3 Mar 2026, at 10:00, Low Tide wrote:\n> Which size?\n\nThe big one."), "The big one.");
    assert_eq!(new_text("> Which size?\nThe big one."), "The big one.");
}

#[test]
fn words_right_above_the_attribution_stay() {
    assert_eq!(new_text("I said so on 1 March.\nOn Tue, Mar 3, 2026 at 10:00 AM, Low Tide wrote:\n> x"), "I said so on 1 March.");
}

#[test]
fn signatures_are_folded() {
    for signature in [
        "-- \nAnna Lee\nPainter",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Skickat från min iPad",
        "Enviado desde mi Samsung",
    ] {
        assert_eq!(new_text(&format!("The big one.\n\n{signature}\n")), "The big one.", "{signature}");
    }
    assert_eq!(new_text("It broke.\n\nAnna Lee\nanna@example.com\n+46 70 123 45 67\n"), "It broke.");
}

#[test]
fn what_only_looks_like_history_or_signature_stays() {
    for text in [
        "I sent it back.\n\nSent from my desk, which is easier than my phone.",
        "Please send it to:\n\nAnna Lee\nanna@example.com\n+46 70 123 45 67",
        "From: Anna\nTo: the shop\n\nI want a refund",
        "On Monday I wrote to you.\nWhy no answer?",
        "Two things:\n-- the frame\n-- the print",
        "> only a quote",
        "--\nonly a signature",
    ] {
        assert_eq!(new_text(text), text, "{text}");
    }
}

#[test]
fn the_mark_of_the_html_is_used_where_text_has_none() {
    let text = "The big one.\n\nWhich size?\nLow Tide";
    assert_eq!(new_text_before(text, Some(14)), "The big one.");
    assert_eq!(new_text_before(text, Some(0)), text);
}
