//! Tables as three shops export them, and as people make them by hand.

use super::*;

fn rows(text: &str) -> Vec<Typed> {
    read(text).unwrap().rows.into_iter().map(|(_, news)| news.typed).collect()
}

#[test]
fn a_table_in_our_words_is_read() {
    let table = read("Title;Artist;Medium;Size;Colours;Price;Currency;How many;Sold\nLow Tide;Anna Lind;giclée;50 x 70 cm;blue, grey;180,00;EUR;2;\nHigh Tide;Anna Lind;;;;;;;yes\n;;;;;;;;\n;Jon Berg;;;;;;;\n").unwrap();
    let (line, first) = &table.rows[0];
    assert_eq!((*line, first.typed.title.as_str(), first.typed.quantity.as_str(), first.typed.price.as_str()), (2, "Low Tide", "2", "180,00"));
    assert_eq!((first.typed.colours.join(" ").as_str(), first.sold, table.rows[1].1.sold), ("grey blue", false, true));
    assert_eq!(table.left_out, [(5, "it has neither title nor SKU".to_owned())]);
}

#[test]
fn shopifys_products_are_read_with_a_piece_for_each_variant() {
    let old = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src,Status\n\
        low-tide,Low Tide,\"<p>A still <b>morning</b>.</p>\",Anna Lind,Giclée print,\"blue, sea\",TRUE,Size,50 x 70 cm,LT-57,3,180.00,https://cdn.example/1.jpg,active\n\
        low-tide,,,,,,,,30 x 40 cm,LT-34,0,95.00,https://cdn.example/2.jpg,\n\
        low-tide,,,,,,,,,,,,https://cdn.example/3.jpg,\n\
        vase,Vase,,Jon Berg,Ceramics,,TRUE,Title,Default Title,V-1,1,75.00,,active\n\
        old,Old one,,Jon Berg,,,TRUE,Title,Default Title,O-1,1,75.00,,archived\n";
    let table = read(old).unwrap();
    let shown: Vec<String> = table
        .rows
        .iter()
        .map(|(line, n)| format!("{line} {} {} {} {} {} {}", n.typed.title, n.typed.sku, n.typed.artist, n.typed.medium, n.typed.size, n.typed.quantity))
        .collect();
    assert_eq!(
        shown,
        [
            "2 Low Tide, 50 x 70 cm LT-57 Anna Lind giclee 50 x 70 cm 3",
            "3 Low Tide, 30 x 40 cm LT-34 Anna Lind giclee 30 x 40 cm 0",
            "5 Vase V-1 Jon Berg ceramic  1"
        ]
    );
    assert_eq!((table.rows[0].1.typed.words.as_str(), table.left_out[0].0), ("A still morning.", 6));
    let new = "Title,URL handle,Description,Vendor,Type,Status,SKU,Option1 name,Option1 value,Price,Inventory quantity\nLow Tide,low-tide,Calm,Anna Lind,Print,Active,LT,Title,Default Title,180.00,1\n";
    let typed = rows(new).remove(0);
    assert_eq!((typed.title.as_str(), typed.sku.as_str(), typed.quantity.as_str(), typed.words.as_str()), ("Low Tide", "LT", "1", "Calm"));
}

#[test]
fn woocommerces_products_are_read_without_what_only_holds_variations() {
    let woo = "ID,Type,SKU,Name,Published,Short description,Description,In stock?,Stock,Length (cm),Width (cm),Height (cm),Sale price,Regular price,Categories,Tags,Images,Parent,Attribute 1 name,Attribute 1 value(s)\n\
        10,variable,LT,Low Tide,1,,,1,,,,,,,Prints,blue,,,Size,\"50x70, 30x40\"\n\
        11,variation,LT-57,Low Tide - 50x70,1,,,1,2,,50,70,150,180,,,,LT,Size,50x70\n\
        12,simple,,Storm,1,Wild.,,0,,40,30,,,95,Oil,,,,,\n";
    let table = read(woo).unwrap();
    let shown: Vec<String> = table
        .rows
        .iter()
        .map(|(_, n)| format!("{} {} {} {} {} sold:{}", n.typed.title, n.typed.sku, n.typed.price, n.typed.size, n.typed.medium, n.sold))
        .collect();
    assert_eq!(shown, ["Low Tide - 50x70 LT-57 150 50x70  sold:false", "Storm  95 40 x 30 cm oil sold:true"]);
}

#[test]
fn etsys_listings_are_read() {
    let etsy = "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,SKU\n\"Low Tide, linocut\",\"By hand.\nOn cotton.\",48.00,USD,4,\"linocut,blue,sea\",\"paper,ink\",https://i.example/1.jpg,LT-1\n";
    let typed = rows(etsy).remove(0);
    assert_eq!(
        (typed.title.as_str(), typed.currency.as_str(), typed.medium.as_str(), typed.colours.join(" ").as_str()),
        ("Low Tide, linocut", "USD", "paper,ink", "blue")
    );
    assert_eq!(typed.words, "By hand. On cotton.");
}

#[test]
fn what_is_no_table_of_pieces_is_said_in_words() {
    for text in ["", "Colour,Length\nred,7\n", "\u{0}\u{1}", "just a sentence"] {
        assert!(read(text).unwrap_err().contains("names of its columns"), "{text:?}");
    }
    let many = format!("Title\n{}", "x\n".repeat(ROWS_MAX + 5));
    let table = read(&many).unwrap();
    assert_eq!((table.rows.len(), table.left_out.len()), (ROWS_MAX, 1));
    assert_eq!(rows("SKU,Title\n=\"00123\",A\n")[0].sku, "00123");
    assert_eq!(rows("Title\n=1+1\n")[0].read(None).unwrap_err()[0].0, "title");
}
