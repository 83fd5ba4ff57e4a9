//! How a batch is run, as far as it is kept with it. No secret has a place here.

use serde::{Deserialize, Serialize};

use crate::usage::Money;

/// What the batch puts into bodies that lack it; nothing that a line says is changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestDefaults {
    /// The model of lines that name none.
    pub model: String,
    /// `max_output_tokens` of lines that say nothing of it; none puts nothing in.
    pub max_output_tokens: Option<u64>,
    /// Whether the server may keep responses of lines that say nothing of it: false puts `"store": false` in, true leaves
    /// the API's own default, which is to keep them.
    pub store: bool,
}

impl RequestDefaults {
    /// What is put in where it is missing, as a preview says it: `model`, `max_output_tokens`, `store`, each with its value.
    pub fn additions(&self) -> Vec<(&'static str, String)> {
        let mut additions = Vec::new();
        if !self.model.trim().is_empty() {
            additions.push(("model", self.model.trim().to_owned()));
        }
        if let Some(tokens) = self.max_output_tokens {
            additions.push(("max_output_tokens", tokens.to_string()));
        }
        if !self.store {
            additions.push(("store", "false".to_owned()));
        }
        additions
    }
}

/// What becomes of a batch whose file has bad lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultPolicy {
    /// Nothing is sent before they are mended.
    #[default]
    Stop,
    /// They are left out, and listed in the errors file.
    Skip,
}

/// The settings of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchSettings {
    /// The file's name, or what stands for a pasted text.
    pub name: String,
    /// What is put into bodies that lack it.
    pub defaults: RequestDefaults,
    /// What becomes of bad lines.
    pub on_fault: FaultPolicy,
    /// Nothing more is sent once spent and in flight would exceed it; in picodollars.
    pub spend_cap_picodollars: Option<u64>,
    /// The most requests in flight; none leaves it to the pacer.
    pub concurrency: Option<u32>,
    /// The retry policy's id.
    pub policy: String,
    /// The origin of the API, or none for the simulated one.
    pub api_origin: Option<String>,
}

impl BatchSettings {
    /// The spend cap.
    pub fn spend_cap(&self) -> Option<Money> {
        self.spend_cap_picodollars.map(|pico| Money::from_picodollars(i128::from(pico)))
    }
}
