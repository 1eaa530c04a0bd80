//! Arguments: `--name value` and `--flag`.

use crate::{Error, Result};

pub struct Args(Vec<String>);

impl Args {
    pub fn of_process() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes `--name` out, and says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|arg| arg != name);
        self.0.len() < before
    }

    /// Takes `--name value` out.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|arg| arg == name) else { return Ok(None) };
        if at + 1 >= self.0.len() {
            return Err(format!("{name} wants a value").into());
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    /// Takes `--name a,b,c` out; none where it is not there.
    pub fn list(&mut self, name: &str) -> Result<Vec<String>> {
        Ok(self.value(name)?.map_or(Vec::new(), |text| text.split(',').map(str::to_owned).collect()))
    }

    pub fn required(&mut self, name: &str) -> Result<String> {
        self.value(name)?.ok_or_else(|| format!("{name} is missing").into())
    }

    /// What was given without a name.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|arg| arg.starts_with("--")) {
            Some(arg) => Err(Error::from(format!("no option is called {arg}"))),
            None => Ok(self.0),
        }
    }
}
