//! `narthex schema`: what form does the JSON have?

use clap::ValueEnum;
use serde_json::{Map, Value};

use crate::stdout;

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schema {
    /// The view, in a line of type `view`
    View,
    /// An intent, as it is read
    Intent,
    /// A failure: what is wrong, and the exchange that showed it
    Failure,
    /// What a server offers
    Report,
    /// Any line that is printed with --json
    Line,
}

const LINE: &str = include_str!("../../../../docs/schema/line.schema.json");
const INTENT: &str = include_str!("../../../../docs/schema/intent.schema.json");

/// Prints one schema, or the names of all.
pub(crate) fn print(which: Option<Schema>) {
    match which {
        // As it is, whatever the width of the terminal.
        Some(which) => stdout::write(text(which, LINE, INTENT).as_bytes()),
        None => {
            for name in Schema::value_variants().iter().filter_map(ValueEnum::to_possible_value) {
                stdout::write(format!("{}\n", name.get_name()).as_bytes());
            }
        }
    }
}

/// The others are parts of a line, so that the program does not carry everything twice.
fn text(which: Schema, line: &str, intent: &str) -> String {
    match which {
        Schema::View => part(line, "View"),
        Schema::Failure => part(line, "Failure"),
        Schema::Report => part(line, "ServerReport"),
        Schema::Intent => intent.to_owned(),
        Schema::Line => line.to_owned(),
    }
}

/// The schema of one definition in that of a line, with those that it refers to.
fn part(line: &str, name: &str) -> String {
    let line: Value = serde_json::from_str(line).expect("it was compared with the types");
    let mut part = line["$defs"][name].clone();
    let (mut wanted, mut defs) = (references(&part), Map::new());
    while let Some(name) = wanted.pop() {
        if !defs.contains_key(&name) {
            let definition = line["$defs"][&name].clone();
            wanted.append(&mut references(&definition));
            defs.insert(name, definition);
        }
    }
    part["$schema"] = line["$schema"].clone();
    part["title"] = name.into();
    part["$defs"] = defs.into();
    pretty(&part)
}

/// The names of the definitions that this refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let this = map.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"));
            let within = map.values().flat_map(references);
            this.map(str::to_owned).into_iter().chain(within).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use schemars::generate::SchemaSettings;

    use super::*;
    use crate::json::out::Printed;

    const DOCUMENT: &str = include_str!("../../../../docs/json.md");

    fn line() -> Value {
        let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        generator.into_root_schema_for::<Printed<'static>>().to_value()
    }

    fn all() -> Vec<(&'static str, Value)> {
        let of_engine = narthex::schemas().map(|(name, schema)| (name, schema.to_value()));
        of_engine.into_iter().chain([("line", line())]).collect()
    }

    /// `cargo xtask golden` writes them anew.
    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
        let names = Schema::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
        assert_eq!(names, all().iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, schema) in all() {
            let text = pretty(&schema);
            let path = folder.join(format!("{name}.schema.json"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == text, "{} is not what the types say: cargo xtask golden", path.display());
        }
    }

    #[test]
    fn what_is_printed_is_what_is_committed() {
        let all = all();
        let (line, intent) = (pretty(&all[4].1), pretty(&all[1].1));
        for (which, (name, schema)) in Schema::value_variants().iter().zip(&all) {
            assert!(text(*which, &line, &intent) == pretty(schema), "{name}");
        }
    }

    #[test]
    fn every_documented_line_has_the_form_of_the_schema() {
        let (line, intent) = (line(), all().remove(1).1);
        for example in DOCUMENT.lines() {
            if let Some(printed) = example.strip_prefix("< ") {
                fits(&line, printed);
            } else if let Some(said) = example.strip_prefix("> ").filter(|said| said.contains("\"intent\""))
                && !said.contains("regster")
            {
                fits(&intent, said);
            }
        }
    }

    #[test]
    fn a_line_with_a_field_that_nobody_knows_has_not_the_form() {
        let line = line();
        for (wrong, right) in [
            (
                r#"{"type":"view","screen":"welcome","servr":""}"#,
                r#"{"type":"view","screen":"welcome","server":""}"#,
            ),
            (r#"{"type":"view","screen":"welcom"}"#, r#"{"type":"view","screen":"welcome"}"#),
            (r#"{"type":"failed","exit_code":"17"}"#, r#"{"type":"failed","exit_code":17}"#),
            (r#"{"type":"signed_on"}"#, r#"{"type":"signed_in"}"#),
        ] {
            fits(&line, right);
            let wrong: Value = serde_json::from_str(wrong).unwrap();
            assert!(whole(&line, &line, &wrong).is_none(), "{wrong}");
        }
    }

    fn fits(schema: &Value, example: &str) {
        let value = serde_json::from_str(example).unwrap();
        assert!(whole(schema, schema, &value).is_some(), "{example} is not of the schema");
    }

    #[test]
    fn every_field_and_variant_of_a_line_is_documented() {
        let mut names = BTreeSet::new();
        named(&line(), &mut names);
        for name in names {
            let parts = [format!("`{name}`"), format!("\"{name}\"")];
            assert!(parts.iter().any(|part| DOCUMENT.contains(part)), "docs/json.md does not name {name}");
        }
    }

    /// The fields of objects in the lines themselves and in views, and the names of types, screens and tasks.
    fn named(schema: &Value, names: &mut BTreeSet<String>) {
        // Each screen is a form of the view.
        for part in [schema, &schema["$defs"]["View"]] {
            for variant in part["oneOf"].as_array().into_iter().flatten() {
                let fields = variant["properties"].as_object().into_iter().flatten();
                for (field, of) in fields {
                    names.insert(field.clone());
                    names.extend(of["const"].as_str().map(str::to_owned));
                }
            }
        }
        for of in ["Task", "Actor", "Kept", "Offer"] {
            for variant in schema["$defs"][of]["oneOf"].as_array().into_iter().flatten() {
                names.extend(variant["const"].as_str().map(str::to_owned));
            }
        }
    }

    /// The names of the fields that `schema` has for `value`, if it is of that form. What is required is not looked
    /// at: the examples are shortened.
    fn known(root: &Value, schema: &Value, value: &Value) -> Option<BTreeSet<String>> {
        let mut fields = BTreeSet::new();
        if let Some(path) = schema["$ref"].as_str() {
            fields.append(&mut known(root, root.pointer(path.trim_start_matches('#')).unwrap(), value)?);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            fields.append(&mut known(root, part, value)?);
        }
        for choice in ["oneOf", "anyOf"] {
            let Some(parts) = schema[choice].as_array() else { continue };
            let fit: Vec<_> = parts.iter().filter_map(|part| known(root, part, value)).collect();
            fields.append(&mut fit.into_iter().max_by_key(BTreeSet::len)?);
        }
        if let Some(fixed) = schema.get("const") {
            (fixed == value).then_some(())?;
        }
        if let Some(choices) = schema["enum"].as_array() {
            choices.contains(value).then_some(())?;
        }
        let types: Vec<_> = match &schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
        };
        let is_of = |name: &&str| match *name {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other} is no type"),
        };
        (types.is_empty() || types.iter().any(is_of)).then_some(())?;
        for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
            whole(root, &schema["items"], item)?;
        }
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                whole(root, of, value)?;
            }
            fields.insert(name.clone());
        }
        Some(fields)
    }

    /// The same, and every field is known.
    fn whole(root: &Value, schema: &Value, value: &Value) -> Option<()> {
        let fields = known(root, schema, value)?;
        let named = value.as_object().into_iter().flatten().map(|(name, _)| name);
        let is_free = schema == &Value::Bool(true);
        named.into_iter().all(|name| is_free || fields.contains(name)).then_some(())
    }
}
