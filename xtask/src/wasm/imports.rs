//! Which names does a WebAssembly module import?

use anyhow::{Context, Result, bail};

const IMPORTS: u8 = 2;

/// `module.name` of each import, by the binary format of the WebAssembly core specification, §5.5.
pub(crate) fn of(module: &[u8]) -> Result<Vec<String>> {
    let Some(sections) = module.strip_prefix(b"\0asm\x01\0\0\0") else { bail!("not a WebAssembly module") };
    let mut bytes = Bytes(sections);
    while !bytes.0.is_empty() {
        let id = bytes.byte()?;
        let size = bytes.number()?;
        let section = bytes.take(size)?;
        if id == IMPORTS {
            return list(Bytes(section));
        }
    }
    Ok(Vec::new())
}

fn list(mut bytes: Bytes<'_>) -> Result<Vec<String>> {
    let count = bytes.number()?;
    let mut all = Vec::new();
    for _ in 0..count {
        let (module, name) = (bytes.name()?, bytes.name()?);
        bytes.skip_kind()?;
        all.push(format!("{module}.{name}"));
    }
    Ok(all)
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().context("the module ends early")?;
        self.0 = rest;
        Ok(*first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the module ends early")?;
        self.0 = rest;
        Ok(taken)
    }

    /// An unsigned LEB128 of at most 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut value = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(usize::try_from(value)?);
            }
        }
        bail!("a number is too long")
    }

    fn name(&mut self) -> Result<String> {
        let length = self.number()?;
        Ok(String::from_utf8(self.take(length)?.to_vec())?)
    }

    fn skip_kind(&mut self) -> Result<()> {
        match self.byte()? {
            0 => self.skip_numbers(1),
            1 => {
                self.byte()?;
                self.skip_limits()
            }
            2 => self.skip_limits(),
            3 => self.skip_numbers(2),
            4 => {
                self.byte()?;
                self.skip_numbers(1)
            }
            other => bail!("an import of unknown kind {other}"),
        }
    }

    fn skip_limits(&mut self) -> Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.skip_numbers(if has_maximum { 2 } else { 1 })
    }

    fn skip_numbers(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn a_module_without_sections_imports_nothing() {
        assert!(of(HEADER).unwrap().is_empty());
    }

    #[test]
    fn every_kind_of_import_is_named() {
        let section = [
            &[5][..],
            b"\x03env\x03now\x00\x00",
            b"\x03env\x05table\x01\x70\x00\x01",
            b"\x03env\x06memory\x02\x01\x01\x82\x01",
            b"\x03env\x06global\x03\x7f\x00",
            b"\x03env\x03tag\x04\x00\x00",
        ]
        .concat();
        // A custom section comes before, and is passed over.
        let size = u8::try_from(section.len()).unwrap();
        let module = [HEADER, &[0, 2, 1, b'x'], &[2, size], &section].concat();
        assert_eq!(of(&module).unwrap(), ["env.now", "env.table", "env.memory", "env.global", "env.tag"]);
    }

    #[test]
    fn what_is_cut_short_or_something_else_is_an_error() {
        assert!(of(b"ELF").is_err());
        assert!(of(&[HEADER, &[2, 9, 1]].concat()).is_err());
        assert!(of(&[HEADER, &[2, 0xff, 0xff, 0xff, 0xff, 0xff]].concat()).is_err());
    }
}
