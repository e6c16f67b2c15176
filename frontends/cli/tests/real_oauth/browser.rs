//! A browser with neither eyes nor scripts, and somebody who sits at it.

use std::collections::BTreeMap;

use url::{Url, form_urlencoded};

use crate::PASSWORD;
use crate::server::request;

/// More pages than anything here has in a row.
const HOPS: usize = 20;

/// A browser with its cookies.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// Where a journey ends: at a page, or at an address that leads away from its server.
pub(crate) enum Place {
    Page(Page),
    Left(Url),
}

pub(crate) struct Page {
    url: Url,
    html: String,
}

impl Browser {
    pub(crate) fn open(&mut self, url: &str) -> Place {
        self.go("GET", Url::parse(url).unwrap(), String::new())
    }

    fn go(&mut self, mut method: &str, mut url: Url, mut body: String) -> Place {
        let home = url.origin();
        for _ in 0..HOPS {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let form = "Content-Type: application/x-www-form-urlencoded\r\n";
            let headers = format!("{form}Cookie: {}\r\n", cookies.join("; "));
            let (_, head, html) = request(method, url.as_str(), &headers, &body);
            self.keep(&head);
            let Some(next) = header(&head, "location").next() else {
                let page = Page { url, html };
                // What a script on it would do.
                let is_script = page.title() == "Submitting Callback";
                return if is_script {
                    self.submit_form(&page, &page.forms()[0], &[])
                } else {
                    Place::Page(page)
                };
            };
            url = url.join(&next).unwrap();
            if url.origin() != home {
                return Place::Left(url);
            }
            (method, body) = ("GET", String::new());
        }
        panic!("no end at {url}");
    }

    fn keep(&mut self, head: &str) {
        for line in header(head, "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("01 Jan 1970") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Submits the form that is to `what`, or whose id that is.
    pub(crate) fn submit(&mut self, page: &Page, what: &str, fields: &[(&str, &str)]) -> Place {
        let forms = page.forms();
        let is_it = |form: &&Form| form.id.as_deref() == Some(what) || form.does(what);
        let form = forms.iter().find(is_it).unwrap_or_else(|| panic!("no form {what}: {}", page.html));
        self.submit_form(page, form, fields)
    }

    fn submit_form(&mut self, page: &Page, form: &Form, fields: &[(&str, &str)]) -> Place {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields = hidden.chain(fields.iter().copied());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = form.action.as_deref().map_or_else(|| page.url.clone(), |to| page.url.join(to).unwrap());
        self.go("POST", url, body)
    }
}

/// What a person does.
impl Browser {
    /// Signs in, unless they are, and lets the application in: the callback.
    pub(crate) fn sign_in(&mut self, url: &str, name: &str) -> Url {
        let mut page = self.open(url).page();
        if page.title() == "Sign in" {
            page = self.submit(&page, "login", &credentials(name)).page();
        }
        self.submit(&page, "consent", &[]).left()
    }

    /// Makes an account and lets the application in: the callback.
    pub(crate) fn create(&mut self, url: &str, name: &str) -> Url {
        let page = self.open(url).page();
        assert_eq!(page.title(), "Create an account");
        let page = self.submit(&page, "create", &credentials(name)).page();
        self.submit(&page, "consent", &[]).left()
    }

    /// Changes their mind: the callback.
    pub(crate) fn cancel(&mut self, url: &str) -> Url {
        let page = self.open(url).page();
        self.submit(&page, "cancel", &[]).left()
    }

    /// Enters the code of a device, signs in, and lets it in or not: the title of the last page.
    pub(crate) fn enter_code(&mut self, uri: &str, code: &str, name: &str, allow: bool) -> String {
        let page = self.open(uri).page();
        let page = self.submit(&page, "op.deviceInputForm", &[("user_code", code)]).page();
        let page = self.submit(&page, "op.deviceConfirmForm", &[]).page();
        let page = self.submit(&page, "login", &credentials(name)).page();
        self.submit(&page, if allow { "consent" } else { "cancel" }, &[]).page().title().to_owned()
    }
}

fn credentials(name: &str) -> [(&str, &str); 2] {
    [("username", name), ("password", PASSWORD)]
}

/// The browser is sent to the program; what it is answered.
pub(crate) fn arrive(callback: &Url) -> (u16, String) {
    let (status, _, page) = request("GET", callback.as_str(), "", "");
    (status, page)
}

impl Place {
    pub(crate) fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Left(url) => panic!("there is no page, but {url}"),
        }
    }

    pub(crate) fn left(self) -> Url {
        match self {
            Self::Left(url) => url,
            Self::Page(page) => panic!("still at {}: {}", page.url, page.html),
        }
    }
}

struct Form {
    id: Option<String>,
    action: Option<String>,
    hidden: Vec<(String, String)>,
}

impl Form {
    fn does(&self, what: &str) -> bool {
        self.hidden.iter().any(|(name, value)| name == "do" && value == what)
    }
}

impl Page {
    pub(crate) fn title(&self) -> &str {
        self.html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or_default()
    }

    fn forms(&self) -> Vec<Form> {
        let forms = self.html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let form = |text: &str| {
            let tag = text.split('>').next().unwrap();
            let inputs = text.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
            let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
            let pair = |input: &str| Some((attribute(input, "name")?, attribute(input, "value")?));
            Form {
                id: attribute(tag, "id"),
                action: attribute(tag, "action"),
                hidden: hidden.filter_map(pair).collect(),
            }
        };
        forms.map(form).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

fn header<'h>(head: &'h str, name: &'h str) -> impl Iterator<Item = String> + 'h {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}
