//! Which source file of a crate names what is in which other one?
//!
//! Read from the source, by `syn`: `use`, and every path in code and in the arguments of macros, that begins with
//! `crate`, `self`, `super` or a module that is declared beside it. Modules of tests are left out, and so is what a
//! method of a type reaches without naming its file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, ItemUse, Lit, Meta, Token, UseTree, Visibility};

use crate::place;

/// For each file, from the root of the checkout, which other files of its crate it names, and what of each.
pub(crate) type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The files below one, which is a `lib.rs` or a `main.rs`.
pub(crate) fn of_crate(root: &Path) -> Result<Imports> {
    let mut files = Vec::new();
    load(root, &[], root.parent().context("no folder")?, &mut files)?;
    let mut modules: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for file in &files {
        modules.entry(file.module.clone()).or_default().push(file.path.clone());
    }
    let mut imports = Imports::new();
    for file in &files {
        let mut names = Names { module: file.module.clone(), found: Vec::new() };
        names.items(&file.items);
        let of_file = imports.entry(file.path.clone()).or_default();
        for (module, path) in &names.found {
            let Some((files, name)) = resolve(module, path, &modules) else { continue };
            for other in files.iter().filter(|other| **other != file.path) {
                of_file.entry(other.clone()).or_default().insert(name.to_owned());
            }
        }
    }
    Ok(imports)
}

struct File {
    path: String,
    module: Vec<String>,
    items: Vec<Item>,
}

/// Reads `path`, which is `module`, and the modules that it declares, whose files are in `folder`.
fn load(path: &Path, module: &[String], folder: &Path, files: &mut Vec<File>) -> Result<()> {
    let shown = place::shown(path);
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let items = syn::parse_file(&text).with_context(|| format!("cannot parse {shown}"))?.items;
    let beside = path.parent().context("no folder")?;
    for declared in items.iter().filter_map(declared) {
        let name = declared.ident.to_string();
        let inner = [module, std::slice::from_ref(&name)].concat();
        let mut named: Vec<PathBuf> = paths(&declared.attrs).into_iter().map(|at| beside.join(at)).collect();
        if named.is_empty() {
            named.push(folder.join(format!("{name}.rs")));
        }
        for file in named {
            load(&file, &inner, &file.with_extension(""), files)?;
        }
    }
    files.push(File { path: shown, module: module.to_vec(), items });
    Ok(())
}

/// A module in a file of its own, and none of tests.
fn declared(item: &Item) -> Option<&ItemMod> {
    let Item::Mod(module) = item else { return None };
    (module.content.is_none() && !is_test(&module.attrs)).then_some(module)
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::Path(_) | Meta::NameValue(_) => false,
    })
}

/// What `#[path = "…"]` says, under a condition as well: of each condition one.
fn paths(attributes: &[Attribute]) -> Vec<String> {
    let path = |meta: &Meta| {
        let Meta::NameValue(pair) = meta else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { return None };
        pair.path.is_ident("path").then(|| text.value())
    };
    let of_one = |attribute: &Attribute| {
        if attribute.path().is_ident("cfg_attr") {
            let inner = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            return inner.unwrap_or_default().iter().find_map(path);
        }
        path(&attribute.meta)
    };
    attributes.iter().filter_map(of_one).collect()
}

/// The files of the module that `path`, said in `module`, leads into, and what it names there.
fn resolve<'a>(
    module: &[String],
    path: &'a [String],
    modules: &'a BTreeMap<Vec<String>, Vec<String>>,
) -> Option<(&'a [String], &'a str)> {
    let mut at = module.to_vec();
    let mut rest = path.iter().peekable();
    match rest.peek()?.as_str() {
        "crate" => {
            at.clear();
            rest.next();
        }
        "self" => _ = rest.next(),
        "super" => {
            while rest.next_if(|part| *part == "super").is_some() {
                at.pop()?;
            }
        }
        name => {
            let child = [module, &[name.to_owned()]].concat();
            modules.get(&child)?;
        }
    }
    let mut name = "*";
    for part in rest {
        at.push(part.clone());
        if !modules.contains_key(&at) {
            at.pop();
            name = part;
            break;
        }
    }
    // A module inside of a file is that file.
    while !modules.contains_key(&at) {
        at.pop()?;
    }
    Some((modules.get(&at)?, name))
}

/// Every path of a file, with the module in which it is said.
struct Names {
    module: Vec<String>,
    found: Vec<(Vec<String>, Vec<String>)>,
}

impl Names {
    fn items(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.visit_item(item));
    }

    fn add(&mut self, path: Vec<String>) {
        self.found.push((self.module.clone(), path));
    }

    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.add(before.to_vec()),
            UseTree::Name(name) => self.add(with(name.ident.to_string())),
            UseTree::Rename(name) => self.add(with(name.ident.to_string())),
            UseTree::Glob(_) => self.add(before.to_vec()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }

    /// `a::b::c`, wherever it stands in what a macro is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.add(std::mem::take(&mut path));
                    self.tokens(group.stream());
                    colons = 0;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.add(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.add(path);
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if let (Some((_, items)), false) = (&module.content, is_test(&module.attrs)) {
            self.module.push(module.ident.to_string());
            self.items(items);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.add(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }

    /// Who may see something is not what it is made of.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(module: &[&str], code: &str) -> Vec<String> {
        let module: Vec<String> = module.iter().map(|part| (*part).to_owned()).collect();
        let known: [&[&str]; 5] = [&[], &["a"], &["a", "b"], &["a", "b", "c"], &["d"]];
        let modules = known.iter().map(|path| {
            let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            let name = format!("/{}", path.join("/"));
            (path, vec![name])
        });
        let modules = modules.collect();
        let mut names = Names { module, found: Vec::new() };
        names.items(&syn::parse_file(code).expect("Rust").items);
        let found = names.found.iter().filter_map(|(module, path)| resolve(module, path, &modules));
        found.map(|(files, name)| format!("{} {name}", files[0])).collect()
    }

    #[test]
    fn a_use_leads_to_the_innermost_module_that_it_names() {
        let group = "use crate::a::{self, Thing, b::{c::*, Other as O}};";
        assert_eq!(found(&["d"], group), ["/a *", "/a Thing", "/a/b/c *", "/a/b Other"]);
        let relative = "use super::Thing; use super::super::d; use self::c::X;";
        assert_eq!(found(&["a", "b"], relative), ["/a Thing", "/d *", "/a/b/c X"]);
        assert!(found(&["d"], "use std::fmt; use serde::Serialize; use a::b;").is_empty());
    }

    #[test]
    fn a_path_in_code_and_in_a_macro_counts_as_well() {
        let code = "fn f() -> crate::a::T { crate::a::b::g::<crate::a::U>() }";
        assert_eq!(found(&["d"], code), ["/a T", "/a/b g", "/a U"]);
        let in_macro = "fn f() { println!(\"{}\", 1 + crate::d::g(b::h())) }";
        assert_eq!(found(&["a"], in_macro), ["/d g", "/a/b h"]);
    }

    #[test]
    fn tests_and_what_only_says_who_may_see_are_left_out() {
        assert!(found(&["d"], "#[cfg(test)] mod tests { use crate::a::*; }").is_empty());
        assert!(found(&["a", "b"], "pub(in crate::a) fn f() {}").is_empty());
        let inner = "mod inner { use super::super::a::T; use super::X; }";
        assert_eq!(found(&["d"], inner), ["/a T", "/d X"]);
    }

    #[test]
    fn a_module_may_have_a_file_of_another_name_for_each_system() {
        let module = "#[cfg_attr(windows, path = \"x/w.rs\")] #[cfg_attr(unix, path = \"x/u.rs\")] mod m;";
        let module: ItemMod = syn::parse_str(module).expect("a module");
        assert_eq!(paths(&module.attrs), ["x/w.rs", "x/u.rs"]);
        assert!(!is_test(&module.attrs));
    }
}
