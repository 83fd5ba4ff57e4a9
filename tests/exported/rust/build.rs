//! The programs once more as modules, with the tests' own time, random numbers and environment in the place of the
//! machine's. All else is left as it is.

use std::env;
use std::fs;
use std::path::Path;

const PATCHES: [(&str, &str); 6] = [
    ("thread::sleep(", "crate::patched::sleep("),
    (".call()", ".sleep(crate::patched::sleep).call()"),
    ("Instant::now()", "crate::patched::Instant::now()"),
    ("SystemTime::now()", "crate::patched::wall()"),
    ("fastrand::f64()", "crate::patched::draw()"),
    ("env::var(", "crate::patched::var("),
];

fn main() {
    let programs = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../programs");
    println!("cargo::rerun-if-changed={}", programs.display());
    let out = env::var("OUT_DIR").unwrap();
    let (mut modules, mut list) = (String::new(), String::new());
    let mut files: Vec<_> = fs::read_dir(&programs).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    files.sort();
    for path in files {
        let mut code = fs::read_to_string(&path).unwrap();
        for (own, patched) in PATCHES {
            code = code.replace(own, patched);
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = name.replace(['.', '-'], "_");
        let copy = Path::new(&out).join(format!("{module}.rs"));
        fs::write(&copy, code).unwrap();
        modules += &format!(
            "#[allow(unused)]\nmod {module} {{\n    include!({copy:?});\n    pub fn succeeds() -> bool {{\n        ask().is_ok()\n    }}\n}}\n"
        );
        list += &format!("    (\"{name}\", {module}::succeeds),\n");
    }
    modules += &format!(
        "/// Each program, and whether its call brings a response.\npub const PROGRAMS: &[Program] = &[\n{list}];\n"
    );
    fs::write(Path::new(&out).join("programs.rs"), modules).unwrap();
}
