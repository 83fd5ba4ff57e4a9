//! The parts that pages are made of. They know nothing of rate limits.
//!
//! Inputs are `#[prop(into)] Signal<T>` (a value, a signal or a closure), outputs are `Callback<T>` (or a closure).
//! Every control takes its accessible name as `label`. Optional props are marked `?`. A label that the [`HelpBook`] of the
//! context knows has its help beside it, or is it.
//!
//! | component | props |
//! |---|---|
//! | [`Button`] | children, `kind?` [`ButtonKind`], `on_click?`, `disabled?`, `reason?` (why disabled), `busy?`, `icon?` [`Glyph`], `label?` (name of an icon-only button), `submit?`, `shortcut?` [`Shortcut`] |
//! | [`Keys`] | `keys`: names of keys, as `Ctrl Enter` |
//! | [`CopyButton`] | `text`, `label?`; copies by itself and says what came of it |
//! | [`TextField`] | `label`, `value`, `on_input: Callback<String>`, `kind?` [`TextKind`], `placeholder?`, `hint?`, `error?`, `disabled?` |
//! | [`TextArea`] | `label`, `value`, `on_input`, `rows?`, `placeholder?`, `hint?`, `error?`, `mono?` |
//! | [`NumberField`] | `label`, `value: Signal<Option<f64>>`, `on_change: Callback<Option<f64>>`, `range?` [`NumberRange`], `unit?`, `hint?`, `optional?`, `disabled?`; reports to a [`FieldFaults`] above it |
//! | [`Select`] | `label`, `options: Signal<Vec<Choice>>`, `value`, `on_change: Callback<String>`, `hint?`, `disabled?`, `inline?` |
//! | [`Combobox`] | `label`, `options`, `value`, `on_input`, `placeholder?`, `hint?`, `error?`, `inline?` |
//! | [`Checkbox`] | `label`, `checked`, `on_change: Callback<bool>`, `hint?`, `disabled?` |
//! | [`RadioGroup`] | `label`, `options`, `value`, `on_change`, `segmented?`, `hint?`, `disabled?` |
//! | [`Slider`] | `label`, `value`, `on_input: Callback<f64>`, `bounds` (least, greatest, step), `text`, `upright?` |
//! | [`Meter`] | `label`, `reading: Signal<Option<Reading>>`, `text`, `tone?` [`Tone`], `note?`, `source?` |
//! | [`Stat`] | `label`, `value`, `unit?`, `tone?`, `hint?`; inside `<div class="stats">` |
//! | [`StatusChip`] | `tone`, `text`; shape from the tone |
//! | [`Badge`] | `text`, `title?` |
//! | [`Callout`] | children, `kind?` [`CalloutKind`], `title`, `actions?`, `alert?` |
//! | [`CodeBlock`] | `code`, `label`, `language?` [`Language`](crate::highlight::Language), `wrap?` |
//! | [`KeyValueTable`] | `caption`, `rows: Signal<Vec<KeyValue>>` |
//! | [`Panel`] | children, `title`, `actions?`, `level?`; a region named by its title |
//! | [`Plot`] | `title`, `summary`, `picture: Signal<`[`PlotPicture`]`>`, `table: Signal<`[`PlotTable`]`>`, `keys?` [`PlotKey`], `note?`; lines and bars with their axes, and the same as a table |
//! | [`Disclosure`] | children, `summary`, `open?`, `on_toggle?` |
//! | [`Dialog`] | children, `title`, `open`, `on_close: Callback<()>`, `actions?`, `side?` (an inspector from the right) |
//! | [`Tabs`] + [`TabPanel`] | `name`, `label`, `tabs: Signal<Vec<Choice>>`, `selected`, `on_select`; panel: `name`, `tab`, `selected`, children |
//! | [`EmptyState`] | children (the action), `text`, `icon?` |
//! | [`ProgressBar`] | `label`, `value: Signal<Option<f64>>` (0..=1), `text`, `tone?` |
//! | [`Later`] | `view` [`LazyView`](crate::platform::lazy::LazyView), `wanted?`, `place?` (class of what is there until then), `until_then?`, `quiet?` |
//! | [`OneByOne`] | `views`: functions that make a view each, in a task each |
//! | [`InTurn`] | children, made in a task of its own while the page starts ([`Turns`]) |
//! | [`Intent`] | children (a control), `of` [`LazyView`](crate::platform::lazy::LazyView): fetched when the control is about to be used |
//! | [`Toasts`] | `toasts: Signal<Vec<Toast>>`, `on_dismiss: Callback<u64>`, `on_action?: Callback<u64>` |
//! | [`LiveRegion`] | `text`; the page's one polite live region |
//! | [`VisuallyHidden`] | children |
//! | [`Icon`] | `glyph` [`Glyph`] |
//! | [`Countdown`] | `remaining: Signal<Option<Duration>>`, `prefix?`, `none?` |
//! | [`Timeline`] | `source` [`TimelineSource`](timeline::TimelineSource), `label`, `row_name?`, `on_select?` |

mod badge;
mod button;
mod callout;
mod checkbox;
mod choice;
mod code_block;
mod combobox;
mod copy_button;
mod countdown;
mod dialog;
mod disclosure;
mod empty_state;
mod faults;
mod field;
mod help;
mod icon;
mod in_turn;
mod intent;
mod key_value_table;
mod later;
mod live_region;
mod meter;
mod number_field;
mod one_by_one;
mod panel;
pub mod plot;
mod progress_bar;
mod radio_group;
mod select;
mod shortcut;
mod slider;
mod stat;
mod tabs;
mod text_area;
mod text_field;
pub mod timeline;
mod toasts;
mod tone;
mod unique_id;
mod virtual_table;
mod visually_hidden;
mod wide_table;

pub use badge::{Badge, StatusChip};
pub use button::{Button, ButtonKind};
pub use callout::{Callout, CalloutKind};
pub use checkbox::Checkbox;
pub use choice::Choice;
pub use code_block::CodeBlock;
pub use combobox::Combobox;
pub use copy_button::CopyButton;
pub use countdown::Countdown;
pub use dialog::Dialog;
pub use disclosure::Disclosure;
pub use empty_state::EmptyState;
pub use faults::{FieldFault, FieldFaults};
pub use field::Field;
pub use help::{HelpBook, HelpText, help_beside};
pub use icon::{Glyph, Icon};
pub use in_turn::{InTurn, Turns};
pub use intent::Intent;
pub use key_value_table::{KeyValue, KeyValueTable};
pub use later::Later;
pub use live_region::LiveRegion;
pub use meter::{Meter, Reading};
pub use number_field::{NumberField, NumberRange};
pub use one_by_one::OneByOne;
pub use panel::Panel;
pub use plot::{Plot, PlotKey, PlotPicture, PlotTable};
pub use progress_bar::ProgressBar;
pub use radio_group::RadioGroup;
pub use select::Select;
pub use shortcut::{Keys, Shortcut};
pub use slider::Slider;
pub use stat::Stat;
pub use tabs::{TabPanel, Tabs};
pub use text_area::TextArea;
pub use text_field::{TextField, TextKind};
pub use timeline::Timeline;
pub use toasts::{Toast, Toasts};
pub use tone::Tone;
pub use unique_id::unique_id;
pub use virtual_table::{VirtualRows, VirtualTable};
pub use visually_hidden::VisuallyHidden;
pub use wide_table::WideTable;
