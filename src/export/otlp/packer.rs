//! Traces in parcels of a size that a collector takes.

use prost::Message as _;

use super::attributes::Attributes;
use super::wire::{ExportTraceServiceRequest, InstrumentationScope, Resource, ResourceSpans, ScopeSpans, Span};
use super::{Format, TraceOptions, attempts, root};
use crate::redact::Redactor;
use crate::usage::CallRecord;

/// A parcel is full at so many calls,
const CALLS: usize = 256;
/// or at so many bytes: collectors take 4 MB and more.
const BYTES: usize = 1 << 20;

/// Writes traces and hands them out in parcels.
#[derive(Debug)]
pub struct Packer {
    options: TraceOptions,
    parcel: Parcel,
}

/// Traces that go in one request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parcel {
    /// The body of the request: an `ExportTraceServiceRequest`. In a file they follow each other as they are.
    pub body: Vec<u8>,
    /// How many calls are in it.
    pub calls: usize,
    /// How many spans are in it.
    pub spans: usize,
}

impl Packer {
    /// An empty one.
    pub fn new(options: TraceOptions) -> Self {
        Self { options, parcel: Parcel::default() }
    }

    /// Adds calls: [`Content::at_once`](super::Content::at_once) at a time keep a page quick.
    pub fn add(&mut self, calls: &[CallRecord], redactor: &Redactor) {
        if calls.is_empty() {
            return;
        }
        let spans: Vec<Span> = calls.iter().flat_map(|call| spans(call, &self.options, redactor)).collect();
        self.parcel.calls += calls.len();
        self.parcel.spans += spans.len();
        let scope = InstrumentationScope { name: "sluice".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        let resource = Resource { attributes: self.resource(redactor) };
        let spans =
            ResourceSpans { resource: Some(resource), scope_spans: vec![ScopeSpans { scope: Some(scope), spans }] };
        let body = &mut self.parcel.body;
        match self.options.format {
            // Messages of protobuf that follow each other are one with all their members.
            Format::Protobuf => {
                body.extend_from_slice(&ExportTraceServiceRequest { resource_spans: vec![spans] }.encode_to_vec());
            }
            Format::Json => {
                body.extend_from_slice(if body.is_empty() { br#"{"resourceSpans":["# } else { b"," });
                // Nothing in it can fail to be written.
                body.extend_from_slice(&serde_json::to_vec(&spans).unwrap_or_default());
            }
        }
    }

    /// The parcel, where it is full.
    pub fn full(&mut self) -> Option<Parcel> {
        if self.parcel.calls >= CALLS || self.parcel.body.len() >= BYTES { self.rest() } else { None }
    }

    /// The parcel as it is; `None` where nothing is in it.
    pub fn rest(&mut self) -> Option<Parcel> {
        let mut parcel = std::mem::take(&mut self.parcel);
        if parcel.calls == 0 {
            return None;
        }
        if self.options.format == Format::Json {
            parcel.body.extend_from_slice(b"]}\n");
        }
        Some(parcel)
    }

    fn resource(&self, redactor: &Redactor) -> Vec<super::wire::KeyValue> {
        let mut attributes = Attributes::new(redactor);
        attributes.text("service.name", "sluice");
        attributes.text("service.version", env!("CARGO_PKG_VERSION"));
        if !self.options.project.is_empty() {
            attributes.text("openinference.project.name", &self.options.project);
        }
        attributes.done()
    }
}

/// The spans of a call, its root first.
fn spans(call: &CallRecord, options: &TraceOptions, redactor: &Redactor) -> Vec<Span> {
    let mut spans = vec![root::span(call, options.content.shows(call.id), redactor)];
    spans.extend(attempts::spans(call, redactor));
    spans
}
