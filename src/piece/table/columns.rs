//! How the columns of a table are called: in our words, and as Shopify, WooCommerce and Etsy export products.

/// What a column may be called, by what it holds; lower case, the first that is there counts.
const COLUMNS: &[(&str, &[&str])] = &[
    ("title", &["title", "name", "product name", "item name", "piece"]),
    ("sku", &["sku", "variant sku", "article number", "item number"]),
    ("artist", &["artist", "vendor", "brands", "brand", "maker"]),
    ("medium", &["medium", "technique", "materials", "material"]),
    ("type", &["type"]),
    ("kind", &["product type", "product category", "categories", "category"]),
    ("size", &["size", "dimensions", "format"]),
    ("width", &["width (cm)", "width (mm)", "width (in)", "width"]),
    ("height", &["height (cm)", "height (mm)", "height (in)", "height"]),
    ("length", &["length (cm)", "length (mm)", "length (in)"]),
    ("colours", &["colours", "colors", "colour", "color"]),
    ("tags", &["tags"]),
    ("words", &["words", "short description", "description", "body (html)"]),
    ("sale price", &["sale price"]),
    ("price", &["price", "variant price", "regular price"]),
    ("currency", &["currency", "currency_code"]),
    ("link", &["link", "url", "permalink", "product url"]),
    ("quantity", &["quantity", "how many", "left", "stock", "variant inventory qty", "inventory quantity", "qty"]),
    ("in stock", &["in stock?"]),
    ("sold", &["sold"]),
    ("status", &["status"]),
    ("group", &["handle", "url handle"]),
    ("option 1 name", &["option1 name", "attribute 1 name"]),
    ("option 1", &["option1 value", "attribute 1 value(s)"]),
    ("option 2 name", &["option2 name", "attribute 2 name"]),
    ("option 2", &["option2 value", "attribute 2 value(s)"]),
    ("option 3 name", &["option3 name", "attribute 3 name"]),
    ("option 3", &["option3 value", "attribute 3 value(s)"]),
];

/// Where each of them stands.
pub struct Columns(Vec<(&'static str, usize, String)>);

impl Columns {
    pub fn of(names: &[String]) -> Columns {
        let place = |(what, known): &(&'static str, &[&str])| {
            let at = known.iter().find_map(|name| names.iter().position(|found| found == name))?;
            Some((*what, at, names[at].clone()))
        };
        Columns(COLUMNS.iter().filter_map(place).collect())
    }

    pub fn has(&self, what: &str) -> bool {
        self.0.iter().any(|(name, ..)| *name == what)
    }

    pub fn cell<'r>(&self, record: &'r csv::StringRecord, what: &str) -> &'r str {
        self.0.iter().find(|(name, ..)| *name == what).and_then(|(_, at, _)| record.get(*at)).map_or("", |cell| excel(cell.trim()))
    }

    /// The unit that a column's name says.
    pub fn unit(&self, what: &str) -> &str {
        let name = self.0.iter().find(|(name, ..)| *name == what).map_or("", |(_, _, name)| name.as_str());
        ["mm", "in"].into_iter().find(|unit| name.ends_with(&format!("({unit})"))).unwrap_or("cm")
    }
}

/// `="00123"` is how spreadsheets are told that something is no number.
fn excel(cell: &str) -> &str {
    cell.strip_prefix("=\"").and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
}
