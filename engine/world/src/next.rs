//! How does one world lead to the next, under the laws?

use narthex::Input;

use crate::laws;
use crate::step::{Deed, Step};
use crate::world::World;

impl World {
    /// The world at the end of a path of names, as a failure prints it: `UseServer > delegated > …`.
    ///
    /// # Panics
    ///
    /// When a name is not on the menu, or a law does not hold.
    #[must_use]
    pub fn after(path: &str) -> Self {
        path.split(" > ").filter(|name| *name != "start").fold(Self::default(), |world, name| {
            let step = world.menu().into_iter().find(|step| step.name == name);
            let step = step.unwrap_or_else(|| panic!("{name} is not on the menu: {:?}", world.path));
            world.step(&step)
        })
    }

    /// The world after `step`, in which the laws hold.
    ///
    /// # Panics
    ///
    /// When a law does not hold, with the path.
    #[must_use]
    pub fn step(&self, step: &Step) -> Self {
        let mut next = self.clone();
        next.path = self.path.then(&step.name);
        next.now = self.now.max(step.now);
        match &step.deed {
            Deed::Input(input) if step.kind.is_idle() => {
                next.engine = laws::idle(self, step, input);
            }
            Deed::Input(input) => {
                let effects = next.engine.handle(step.now, input.clone());
                next.account(input, &effects, step.kind);
                if let Input::Reply { id, .. } = input
                    && let Some(open) = self.open.iter().find(|open| open.id == *id)
                {
                    next.heard.insert(open.class, step.name.as_str().into());
                }
                next.take(&effects);
                self.give_up(&mut next, input);
                next.memory.proved &= !laws::is_over(&next.engine.view().screen);
                next.printed = format!("{:?}", next.engine).into();
                laws::of_step(self, step, &next, &effects);
                laws::of_state(&next);
            }
            Deed::Kill { stored } => {
                next.kill(*stored);
                next.printed = format!("{:?}", next.engine).into();
                laws::of_step(self, step, &next, &[]);
                laws::of_state(&next);
            }
        }
        next
    }

    /// Only that nothing comes of a step of which nothing may come.
    ///
    /// # Panics
    ///
    /// When something does.
    pub fn stand(&self, step: &Step) {
        if let Deed::Input(input) = &step.deed {
            let _ = laws::idle(self, step, input);
        }
    }
}
