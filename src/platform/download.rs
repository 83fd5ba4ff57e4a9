//! Files for people to keep, written a piece at a time: as a whole they are never in the program's memory.

use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, FileSystemWritableFileStream, HtmlElement, Url};

use super::{BrowserClock, document};
use crate::clock::Clock;

/// Pieces go to the browser when they are some so many bytes together; it puts large ones on the disk.
const PIECE_BYTES: usize = 1 << 20;

/// Why a file was not saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// The person has closed the dialog.
    #[error("Nothing was saved: no place was chosen.")]
    Cancelled,
    /// Anything else, in the browser's words.
    #[error("The browser did not save the file ({0}). The results are still here: try again.")]
    Refused(String),
}

/// A file that is being written. Dropping it before its end leaves no file.
#[derive(Debug)]
pub struct FileWriter {
    place: Place,
    piece: Vec<u8>,
}

#[derive(Debug)]
enum Place {
    Download { name: String, kind: String, pieces: Array },
    Disk(Disk),
}

impl FileWriter {
    /// A file that is downloaded as `name`, of the media type `kind`, once it is complete.
    pub fn download(name: &str, kind: &str) -> Self {
        let place = Place::Download { name: name.to_owned(), kind: kind.to_owned(), pieces: Array::new() };
        Self { place, piece: Vec::new() }
    }

    /// A file that is written straight to the disk, where the person chooses; `None` where the browser cannot. To be
    /// called from a click.
    ///
    /// # Errors
    /// Where no place was chosen, or it may not be written to.
    pub async fn on_disk(name: &str) -> Option<Result<Self, SaveError>> {
        let window: JsValue = web_sys::window()?.into();
        let pick: Function = Reflect::get(&window, &"showSaveFilePicker".into()).ok()?.dyn_into().ok()?;
        Some(Self::picked(&window, &pick, name).await)
    }

    async fn picked(window: &JsValue, pick: &Function, name: &str) -> Result<Self, SaveError> {
        let options = Object::new();
        Reflect::set(&options, &"suggestedName".into(), &name.into()).map_err(refused)?;
        let file = settled(pick.call1(window, &options)).await?;
        let open: Function = Reflect::get(&file, &"createWritable".into()).map_err(refused)?.unchecked_into();
        let stream = settled(open.call0(&file)).await?.unchecked_into();
        Ok(Self { place: Place::Disk(Disk { stream, is_closed: false }), piece: Vec::new() })
    }

    /// Writes `text` at the end.
    ///
    /// # Errors
    /// Where the disk is full or the place has gone.
    pub async fn write(&mut self, text: &str) -> Result<(), SaveError> {
        self.write_bytes(text.as_bytes()).await
    }

    /// Writes `bytes` at the end.
    ///
    /// # Errors
    /// Where the disk is full or the place has gone.
    pub async fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), SaveError> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES { self.hand_over().await } else { Ok(()) }
    }

    /// Completes the file: the download begins, or the file on the disk takes its name.
    ///
    /// # Errors
    /// Where the disk is full or the place has gone.
    pub async fn finish(mut self) -> Result<(), SaveError> {
        self.hand_over().await?;
        match &mut self.place {
            Place::Download { name, kind, pieces } => {
                let options = BlobPropertyBag::new();
                options.set_type(kind);
                let whole = Blob::new_with_blob_sequence_and_options(pieces, &options).map_err(refused)?;
                offer(&whole, name)
            }
            Place::Disk(disk) => {
                settled(Ok(disk.stream.close().into())).await?;
                disk.is_closed = true;
                Ok(())
            }
        }
    }

    async fn hand_over(&mut self) -> Result<(), SaveError> {
        let bytes: JsValue = Array::of1(&Uint8Array::from(self.piece.as_slice())).into();
        self.piece.clear();
        let piece = Blob::new_with_u8_array_sequence(&bytes).map_err(refused)?;
        match &self.place {
            Place::Download { pieces, .. } => {
                pieces.push(&piece);
                Ok(())
            }
            Place::Disk(disk) => settled(disk.stream.write_with_blob(&piece).map(Into::into)).await.map(drop),
        }
    }
}

/// Until it is closed, what was written is not in the file.
#[derive(Debug)]
struct Disk {
    stream: FileSystemWritableFileStream,
    is_closed: bool,
}

impl Drop for Disk {
    fn drop(&mut self) {
        if !self.is_closed {
            let aborted = JsFuture::from(self.stream.abort());
            // Awaited, so that its failure is no unhandled one.
            wasm_bindgen_futures::spawn_local(async { drop(aborted.await) });
        }
    }
}

fn offer(whole: &Blob, name: &str) -> Result<(), SaveError> {
    let none = || SaveError::Refused("this is not a page".to_owned());
    let link = document().ok_or_else(none)?.create_element("a").map_err(refused)?;
    let address = Url::create_object_url_with_blob(whole).map_err(refused)?;
    link.set_attribute("href", &address).map_err(refused)?;
    link.set_attribute("download", name).map_err(refused)?;
    link.unchecked_ref::<HtmlElement>().click();
    wasm_bindgen_futures::spawn_local(async move {
        // Some browsers begin to read it late.
        BrowserClock::new().sleep(Duration::from_secs(60)).await;
        let _ = Url::revoke_object_url(&address);
    });
    Ok(())
}

async fn settled(promise: Result<JsValue, JsValue>) -> Result<JsValue, SaveError> {
    JsFuture::from(Promise::resolve(&promise.map_err(refused)?)).await.map_err(refused)
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn refused(thrown: JsValue) -> SaveError {
    match super::name_of(&thrown).as_deref() {
        Some("AbortError") => SaveError::Cancelled,
        _ => SaveError::Refused(super::message_of(&thrown)),
    }
}
