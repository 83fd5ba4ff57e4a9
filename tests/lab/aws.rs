//! The contention model against the figures of AWS' own program (`aws_reference.csv`, 100 runs a cell).

use sluice::lab::{AwsAlgorithm, ContentionFigures, ContentionTrial, contention_summary};

/// Runs of a cell of the reference.
const REFERENCE_RUNS: f64 = 100.0;

struct Cell {
    clients: u32,
    algorithm: AwsAlgorithm,
    millis: (f64, f64),
    calls: (f64, f64),
}

fn reference() -> Vec<Cell> {
    let cells: Vec<Cell> = include_str!("aws_reference.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |index: usize| fields[index].parse::<f64>().unwrap();
            let algorithm = match fields[1] {
                "None" => AwsAlgorithm::None,
                "Exponential" => AwsAlgorithm::Exponential,
                "EqualJitter" => AwsAlgorithm::EqualJitter,
                "FullJitter" => AwsAlgorithm::FullJitter,
                "Decorr" => AwsAlgorithm::Decorrelated,
                other => panic!("{other}"),
            };
            let clients = fields[0].parse().unwrap();
            Cell { clients, algorithm, millis: (number(2), number(3)), calls: (number(4), number(5)) }
        })
        .collect();
    assert_eq!(cells.len(), 45);
    cells
}

/// Each cell within max(3 %, 3 combined standard errors).
fn hold(runs: u32, most_clients: u32) {
    let (mut held, mut broken) = (0, Vec::new());
    for cell in reference().iter().filter(|cell| cell.clients <= most_clients) {
        let figures: Vec<ContentionFigures> = (0..u64::from(runs))
            .map(|run| ContentionTrial::new(cell.clients, cell.algorithm, 1_000 + run).run())
            .collect();
        let (calls, millis) = contention_summary(&figures).unwrap();
        for (what, ours, (mean, deviation)) in [("ms", millis, cell.millis), ("calls", calls, cell.calls)] {
            let error = (ours.standard_error().powi(2) + deviation.powi(2) / REFERENCE_RUNS).sqrt();
            let off = (ours.mean - mean).abs();
            if off <= (0.03 * mean).max(3.0 * error) {
                held += 1;
            } else {
                broken.push(format!("{} {:?}: {:.1} {what}, not {mean}", cell.clients, cell.algorithm, ours.mean));
            }
        }
    }
    assert!(broken.is_empty(), "{held} hold, these do not: {broken:#?}");
}

#[test]
fn small_cells_of_the_aws_table_are_reproduced() {
    hold(200, 30);
}

#[test]
#[ignore = "make test-long: 30 million attempts"]
fn every_cell_of_the_aws_table_is_reproduced() {
    hold(200, u32::MAX);
}
