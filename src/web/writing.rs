//! What comes in from the place to write: fields and files of one form, whichever of its buttons was pressed. Files are
//! kept at once, so that no later mistake loses them.

use super::conversation::{Typed, Writing};
use super::{Error, Fields, Result, State, Visitor};
use crate::blobs::Hash;
use crate::conversation::draft;
use crate::id::{ConversationId, MessageKey};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;

/// Files of one form; mail servers take no letter with more.
const FILES_MAX: usize = 50;
/// A text that somebody typed.
const TEXT_BYTES_MAX: usize = 512 * 1024;
const NAME_CHARS_MAX: usize = 200;

pub struct Written {
    pub fields: Fields,
    pub files: Vec<NewFile>,
}

pub struct NewFile {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl FromRequest<State> for Written {
    type Rejection = Error;
    async fn from_request(request: Request, _: &State) -> Result<Written> {
        let fields = request.extensions().get::<Fields>().cloned().unwrap_or_default();
        let is_multipart = request.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data"));
        let mut files = Vec::new();
        if is_multipart {
            let mut form = Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?;
            while let Some(field) = form.next_field().await.map_err(|_| Error::Unreadable)? {
                let Some(name) = field.file_name().map(clean_name) else { continue };
                let content_type = content_type(field.content_type().unwrap_or_default());
                let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?.to_vec();
                if !(bytes.is_empty() || files.len() == FILES_MAX) {
                    files.push(NewFile { name, content_type, bytes });
                }
            }
        }
        Ok(Written { fields, files })
    }
}

impl Written {
    pub fn typed(&self) -> Result<Typed> {
        let text = self.fields.text("text");
        if text.len() > TEXT_BYTES_MAX {
            return Err(Error::TooLarge);
        }
        Ok(Typed {
            writing: Writing::from_name(self.fields.get("kind")),
            to: self.fields.get("to").to_owned(),
            cc: self.fields.get("cc").to_owned(),
            text,
            ..Typed::default()
        })
    }

    /// The newest message that the writer saw.
    pub fn seen(&self) -> MessageKey {
        self.fields.get("seen").parse().unwrap_or(MessageKey(0))
    }

    /// Makes the files durable and puts them with the draft.
    pub async fn keep_files(&mut self, state: &State, visitor: &Visitor, id: ConversationId) -> Result<()> {
        if self.files.is_empty() {
            return Ok(());
        }
        let (files, blobs, me) = (std::mem::take(&mut self.files), state.blobs.clone(), visitor.agent().id);
        let kept: Vec<(String, String, i64, Hash)> = super::state::blocking(move || {
            let bytes: Vec<&[u8]> = files.iter().map(|f| f.bytes.as_slice()).collect();
            let hashes = blobs.keep(&bytes)?;
            Ok(files.iter().zip(hashes).map(|(f, hash)| (f.name.clone(), f.content_type.clone(), f.bytes.len() as i64, hash)).collect())
        })
        .await?;
        state
            .write(move |tx| {
                for (name, content_type, bytes, hash) in &kept {
                    draft::add_upload(tx, id, me, (name, content_type, *bytes, *hash), crate::world::now())?;
                }
                Ok(())
            })
            .await
    }
}

/// The last part of a path, on one line: browsers send names only, others send anything.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    if clean.trim().is_empty() { "file".into() } else { clean.trim().to_owned() }
}

fn content_type(said: &str) -> String {
    let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = |part: &str| !part.is_empty() && part.len() <= 100 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    let whole = essence.split_once('/').is_some_and(|(kind, sub)| plain(kind) && plain(sub));
    if whole { essence } else { "application/octet-stream".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p51_uploaded_names_and_types_are_plain() {
        assert_eq!(clean_name("..\\..\\etc/passwd"), "passwd");
        assert_eq!(clean_name("a\r\nb\0.txt"), "ab.txt");
        assert_eq!(clean_name("../"), "file");
        assert_eq!(content_type("Text/HTML; charset=x"), "text/html");
        assert_eq!(content_type("a/b\r\nX: y"), "application/octet-stream");
    }
}
