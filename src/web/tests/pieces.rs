//! Pieces in the browser: entered with a picture, by a table, by a program; offered, sold, and what is said of odd input.

use super::*;
use crate::consent::{self, Given, Purpose, Way};
use crate::follow_up::{self, State as Stands};
use crate::lead::interest::{Feature, Kind, Source as LeadSource};
use crate::lead::wish;
use crate::piece::{self, PieceId, Shelf, picture, sale};

fn opened() -> (Shop, AgentId, MailboxId) {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    (shop, owner, mailbox)
}

/// A part of a form: a text, or a file with its name.
enum Part<'a> {
    Text(&'a str, &'a str),
    File(&'a str, &'a [u8]),
}

impl Browser<'_> {
    async fn sends_parts(&mut self, page: &str, path: &str, parts: &[Part<'_>]) -> Answer {
        let token = self.get(page).await.csrf().unwrap().to_owned();
        self.sends_parts_with(path, &token, parts).await
    }

    async fn sends_parts_with(&mut self, path: &str, token: &str, parts: &[Part<'_>]) -> Answer {
        let mut body = Vec::new();
        let mut text = |name: &str, value: &[u8], file: Option<&str>| {
            let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream"));
            body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        };
        text("csrf", token.as_bytes(), None);
        for part in parts {
            match part {
                Part::Text(name, value) => text(name, value.as_bytes(), None),
                Part::File(name, bytes) => text("picture", bytes, Some(name)),
            }
        }
        body.extend_from_slice(b"--b--\r\n");
        self.ask(Method::POST, path, &[("content-type", "multipart/form-data; boundary=b")], body).await
    }
}

impl Shop {
    fn shelf_of(&self, shelf: Shelf) -> Vec<piece::Piece> {
        self.read(|c| piece::list(c, shelf, "", None))
    }

    /// Wrote, wished for something by Anna Lind, and agreed.
    fn wishes_for_lind(&self, mailbox: MailboxId, name: &'static str, agrees: bool) -> crate::id::CustomerId {
        let address = format!("{name}@example.test");
        let mail = format!("From: {name} <{address}>\r\nTo: support@shop.test\r\nSubject: A print\r\nMessage-ID: <{name}@x>\r\n\r\nTell me!\r\n");
        let conversation = self.bring(mailbox, mail.as_bytes()).conversation.unwrap();
        let key = self.state.key.clone();
        self.write(move |tx| {
            let customer = crate::conversation::find(tx, conversation)?.unwrap().customer_id;
            let features = [Feature { kind: Kind::Artist, value: "Anna Lind".into() }];
            let new = wish::New {
                customer_id: customer,
                address: &address,
                conversation_id: Some(conversation),
                message_id: None,
                words: "Tell me when something by Anna Lind is here <b>!",
                features: &features,
                source: LeadSource::Mail,
                by: None,
            };
            wish::add(tx, &new, 1)?;
            if agrees {
                let given = Given {
                    customer_id: customer,
                    address: &address,
                    purpose: Purpose::SimilarPieces,
                    way: Way::Mail,
                    words: "yes",
                    policy_text: "",
                    proof: "",
                    message_id: None,
                    at: 1,
                    by: None,
                };
                consent::grant(tx, &key, &given, 1)?;
            }
            Ok(customer)
        })
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = Vec::new();
    image::DynamicImage::new_rgb8(width, height).write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    png
}

const TYPED: &[Part] = &[
    Part::Text("title", "Low Tide"),
    Part::Text("artist", "Anna Lind"),
    Part::Text("medium", "Prints"),
    Part::Text("size", "50 x 70 cm"),
    Part::Text("colour", "blue"),
    Part::Text("colour", "grey"),
    Part::Text("words", "A still morning."),
    Part::Text("price", "180,00"),
    Part::Text("currency", "eur"),
    Part::Text("quantity", ""),
];

async fn entered(browser: &mut Browser<'_>) -> PieceId {
    let answer = browser.sends_parts("/pieces/new", "/pieces", TYPED).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location").rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_piece_is_entered_with_its_picture_made_anew_and_changed() {
    let (shop, owner, _) = opened();
    let mut browser = shop.browser_of(owner);
    let large = png(2_400, 1_200);
    let parts: Vec<Part> = TYPED
        .iter()
        .map(|part| match part {
            Part::Text(n, v) => Part::Text(n, v),
            Part::File(n, b) => Part::File(n, b),
        })
        .chain([Part::File("tide.png", &large)])
        .collect();
    let answer = browser.sends_parts("/pieces/new", "/pieces", &parts).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let made = shop.shelf_of(Shelf::ForSale).remove(0);
    assert_eq!((made.said.medium.as_str(), made.said.width_mm, made.said.quantity), ("print", Some(500), 1));
    assert_eq!((made.said.price.map(|p| p.to_string()).as_deref(), made.said.colours.join(" ").as_str()), (Some("€180.00"), "grey blue"));
    let jpeg = shop.read(|c| picture::of(c, made.id)).unwrap();
    let size = image::load_from_memory(&jpeg).unwrap();
    assert_eq!((size.width(), size.height(), crate::web::attachments::picture_type(&jpeg)), (1_200, 600, Some("image/jpeg")));
    let page = browser.get(&format!("/pieces/{}", made.id)).await.body;
    assert!(page.contains("Low Tide") && page.contains("1, one of a kind or the last") && page.contains("Nobody has asked"), "{page}");
    assert_eq!(browser.get(&format!("/pieces/{}/picture", made.id)).await.header("content-type"), "image/jpeg");
    let path = format!("/pieces/{}", made.id);
    let changed = browser
        .sends_parts(&format!("{path}/edit"), &path, &[Part::Text("title", "High Tide"), Part::Text("quantity", "3"), Part::Text("drop_picture", "1")])
        .await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let made = shop.shelf_of(Shelf::ForSale).remove(0);
    assert_eq!((made.said.title.as_str(), made.said.artist.as_str(), made.said.quantity, shop.read(|c| picture::of(c, made.id))), ("High Tide", "", 3, None));
}

#[tokio::test]
async fn what_was_typed_and_chosen_comes_back_with_words_at_each_field() {
    let (shop, owner, _) = opened();
    let mut browser = shop.browser_of(owner);
    let picture = png(40, 20);
    let odd = [
        Part::Text("title", ""),
        Part::Text("artist", "Anna <b> Lind"),
        Part::Text("price", "a lot"),
        Part::Text("quantity", "-2"),
        Part::Text("colour", "blue"),
        Part::Text("link", "shop"),
        Part::File("tide.png", &picture),
    ];
    let answer = browser.sends_parts("/pieces/new", "/pieces", &odd).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "A piece needs its title.",
        "Anna &#60;b&#62; Lind",
        "Write the price as a sum",
        "a whole number from 0",
        "the one you chose is kept",
        "value=\"blue\" checked",
        "Write the whole address",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    let kept = answer.body.split("name=\"kept\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let again = browser.sends_parts("/pieces/new", "/pieces", &[Part::Text("title", "Low Tide"), Part::Text("kept", &kept)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert!(shop.read(|c| picture::of(c, shop.shelf_of(Shelf::ForSale)[0].id)).is_some(), "nobody chooses a picture twice");
    let text = browser.sends_parts("/pieces/new", "/pieces", &[Part::Text("title", "Storm"), Part::File("storm.jpg", b"this is a text")]).await;
    assert!(text.status == StatusCode::UNPROCESSABLE_ENTITY && text.body.contains("could not be read as a picture") && text.body.contains("value=\"Storm\""));
    let huge = vec![0xFF_u8; 200 * 1024 * 1024];
    let huge = browser.sends_parts("/pieces/new", "/pieces", &[Part::Text("title", "Storm"), Part::File("huge.jpg", &huge)]).await;
    assert!(huge.status == StatusCode::UNPROCESSABLE_ENTITY && huge.body.contains("larger than 25 MB") && huge.body.contains("value=\"Storm\""));
    let foreign = shop.browser_of(owner).token().await;
    let forged = browser.sends_parts_with("/pieces", &foreign, TYPED).await;
    assert_eq!((forged.status, shop.shelf_of(Shelf::ForSale).len()), (StatusCode::FORBIDDEN, 1), "a form of another session enters nothing");
}

#[tokio::test]
async fn those_who_asked_are_ticked_read_and_told_and_the_sale_holds_back_what_waits() {
    let (shop, owner, mailbox) = opened();
    let (mara, jon, ida) =
        (shop.wishes_for_lind(mailbox, "mara", true), shop.wishes_for_lind(mailbox, "jon", false), shop.wishes_for_lind(mailbox, "ida", true));
    let mut browser = shop.browser_of(owner);
    let id = entered(&mut browser).await;
    let here = format!("/pieces/{id}");
    let page = browser.get(&here).await.body;
    for part in
        ["same artist: Anna Lind", "asked for it", "has not agreed to mails about similar pieces", "Tell me when something by Anna Lind is here &#60;b&#62;!"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(" checked>") && page.contains(&format!("value=\"{jon}\" disabled")));
    assert_eq!(browser.get(&format!("{here}?tick=asked")).await.body.matches(" checked>").count(), 2);
    let letters = browser.get(&format!("{here}/letters?who={mara}&who={jon}&who={ida}")).await.body;
    assert!(letters.contains("Send 2 mails") && letters.contains("mara@example.test") && !letters.contains("jon@example.test"), "{letters}");
    let text = letters.split(&format!("name=\"text_{mara}\"")).nth(1).unwrap().split('>').nth(1).unwrap().split("</textarea").next().unwrap();
    let text = text.replace("&#39;", "'").replace("&#34;", "\"");
    let (who, mine, yours) = ([mara.to_string(), ida.to_string()], format!("text_{mara}"), format!("text_{ida}"));
    let empty = browser.submit(&here, &format!("{here}/letters"), &[("who", &who[0]), ("who", &who[1]), (&mine, &text), (&yours, " ")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("A mail needs its words"), "{}", empty.body);
    let sent = browser.submit(&here, &format!("{here}/letters"), &[("who", &who[0]), ("who", &who[1]), (&mine, &text), (&yours, "Dear Ida, look!")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let told = shop.read(|c| follow_up::of_piece(c, id));
    let words: Vec<(Option<&str>, Stands)> = told.iter().map(|told| (told.own_words.as_deref(), told.state)).collect();
    assert_eq!(words, [(Some("Dear Ida, look!"), Stands::Planned), (None, Stands::Planned)]);
    let held = browser.submit(&here, &format!("{here}/letters/{}/holding-back", told[0].id), &[]).await;
    assert_eq!(held.status, StatusCode::SEE_OTHER);
    browser.submit(&here, &format!("{here}/sales"), &[]).await;
    let told = shop.read(|c| follow_up::of_piece(c, id));
    assert_eq!(told.iter().map(|told| told.because.as_str()).collect::<Vec<_>>(), ["held back before it left", "the piece is sold"]);
    let page = browser.get(&here).await.body;
    assert!(page.contains("not told: the piece is sold") && page.contains("1 sold, said Jules Laurent") && page.contains("class=\"undo\""), "{page}");
    let undo = page.split("action=\"").find(|part| part.starts_with(&format!("{here}/sales/"))).unwrap().split('"').next().unwrap().to_owned();
    browser.submit(&here, &undo, &[]).await;
    assert!(shop.read(|c| piece::find(c, id)).unwrap().is_for_sale() && shop.read(|c| sale::of_piece(c, id))[0].undone_at.is_some());
}

#[tokio::test]
async fn a_table_shows_what_it_will_do_and_does_it_once() {
    let (shop, owner, _) = opened();
    let mut browser = shop.browser_of(owner);
    let table = "Title;Artist;Price;Currency;SKU;Quantity\nLow Tide;Anna Öhman;180,00;EUR;LT;2\nStorm;Jon Berg;a lot;EUR;ST;1\nCalm;Jon Berg;95;EUR;;-1\n=cmd;x;1;EUR;;1\n";
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(table.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [table.as_bytes(), &latin, &utf16] {
        let shown = browser.sends_parts("/pieces/import", "/pieces/import", &[Part::File("pieces.csv", bytes)]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        for part in
            ["1 piece will be added, 0 changed, 3 lines left out", "Anna Öhman", "Write the price as a sum", "a whole number from 0", "This is a formula"]
        {
            assert!(shown.body.contains(part), "{part}: {}", shown.body);
        }
    }
    assert!(shop.shelf_of(Shelf::ForSale).is_empty(), "a preview changes nothing");
    let take = |text: &'static str| [Part::Text("table", text)];
    browser
        .sends_parts("/pieces/import", "/pieces/import/lines", &take("Title;Artist;Price;Currency;SKU;Quantity\nLow Tide;Anna Öhman;180,00;EUR;LT;2\n"))
        .await;
    assert_eq!(shop.shelf_of(Shelf::ForSale)[0].said.quantity, 2);
    let again = browser.sends_parts("/pieces/import", "/pieces/import", &[Part::File("pieces.csv", b"SKU;Price;Sold\nLT;200;\nLT;;yes\nNO;1;\n")]).await;
    assert!(again.body.contains("0 pieces will be added, 2 changed, 1 line left out") && again.body.contains("(sold)"), "{}", again.body);
    browser.sends_parts("/pieces/import", "/pieces/import/lines", &take("SKU;Price;Sold\nLT;200;\nLT;;yes\n")).await;
    let sold = shop.shelf_of(Shelf::Sold).remove(0);
    assert_eq!((sold.said.title.as_str(), sold.said.price.map(|p| p.to_string()).as_deref()), ("Low Tide", Some("€200.00")));
    for (bytes, says) in [(&b"PK\x03\x04 xlsx"[..], "This is no CSV file"), (b"Colour\nred\n", "names of its columns"), (b"", "Choose the file")] {
        let answer = browser.sends_parts("/pieces/import", "/pieces/import", &[Part::File("x.csv", bytes)]).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(says), "{says}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_program_posts_pieces_and_says_when_one_is_sold() {
    let (shop, owner, _) = opened();
    let key = world::random_token();
    let secret = key.clone();
    shop.write(move |tx| crate::order::shop_key::add(tx, "Backend", crate::order::shop_key::Purpose::Header, &secret, owner, 1));
    let bearer = format!("Bearer {key}");
    let post = async |body: String| {
        let answer = shop.browser().ask(Method::POST, "/api/pieces", &[("authorization", &bearer), ("content-type", "application/json")], body).await;
        (answer.status, serde_json::from_str::<serde_json::Value>(&answer.body).unwrap())
    };
    let picture = data_encoding::BASE64.encode(&png(30, 30));
    let (status, answer) =
        post(format!(r#"[{{"sku": "LT", "title": "Low Tide", "price": 180, "currency": "EUR", "quantity": 2, "picture": "{picture}"}}]"#)).await;
    assert_eq!((status, answer["added"][0]["sku"].as_str(), answer["added"][0]["left"].as_i64()), (StatusCode::OK, Some("LT"), Some(2)), "{answer}");
    let id = shop.shelf_of(Shelf::ForSale)[0].id;
    assert!(shop.read(|c| picture::of(c, id)).is_some());
    let odd = r#"{"pieces": [{"sku": "LT", "price": "a lot"}, {"sku": "LT", "price": 200, "colour": "x"}, {"title": "No picture", "picture": "bm8="}]}"#;
    let (status, answer) = post(odd.into()).await;
    let paths: Vec<&str> = answer["mistakes"].as_array().unwrap().iter().map(|m| m["path"].as_str().unwrap()).collect();
    assert_eq!(
        (status, paths, answer["ignored"][0].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["pieces[2].picture", "pieces[0].price"], Some("pieces[1].colour"))
    );
    assert_eq!(shop.read(|c| piece::find(c, id)).unwrap().said.price.map(|p| p.to_string()).as_deref(), Some("€200.00"));
    for sold in [r#"{"sku": "LT", "sold": true}"#, r#"{"sku": "LT", "quantity": 0}"#] {
        let (status, answer) = post(sold.into()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(shop.read(|c| piece::find(c, id)).unwrap().sold_at.is_some());
    }
    assert_eq!(shop.read(|c| sale::of_piece(c, id)).len(), 1, "told twice, sold once");
    let stranger = shop.browser().ask(Method::POST, "/api/pieces", &[("content-type", "application/json")], "{}").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_owner_names_the_address_for_pieces() {
    let (shop, owner, _) = opened();
    let mut browser = shop.browser_of(owner);
    let odd = browser.submit("/pieces/import", "/pieces/mail-address", &[("address", "pieces"), ("senders", "anna@studio.test")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("“pieces” is no mail address") && odd.body.contains("anna@studio.test"));
    browser.submit("/pieces/import", "/pieces/mail-address", &[("address", "pieces@shop.test"), ("senders", "")]).await;
    assert_eq!(shop.read(|c| Ok(desk::pieces::mail_settings(c).unwrap())).unwrap().address, "pieces@shop.test");
    let agent = shop.add_agent("agent@shop.test", Role::Agent);
    assert!(shop.browser_of(agent).get("/pieces/import").await.body.contains("Mail it to <code>pieces@shop.test</code>"));
}
