//! What each state of an adoption waits for, shows and offers.

use crate::cx::Wait;
use crate::flow::Flow;
use crate::intent::{Offer, Offers};
use crate::view::{Screen, Task};

use super::{Adoption, Doing, Keys, State};

impl Flow for Adoption {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        if let Some(channel) = self.channel() {
            channel.each_wait(each);
        }
        match &self.state {
            State::Collecting { published, .. } => published.each_wait(each),
            State::Adopting { doing: Doing::Adopting(wait) | Doing::Resting(wait), .. } => each(*wait),
            State::Unstored { .. } | State::Leaving { .. } | State::Over(_) => {}
        }
    }

    fn offers(&self) -> Offers {
        match &self.state {
            State::Collecting { is_theirs: false, .. } => Offers::of(&[Offer::Confirm, Offer::Cancel]),
            State::Collecting { keys: Keys::Awaited(_), .. } => Offers::of(&[Offer::Cancel]),
            State::Collecting { .. }
            | State::Unstored { .. }
            | State::Adopting { .. }
            | State::Leaving { .. }
            | State::Over(_) => Offers::NONE,
        }
    }

    fn screen(&self) -> Screen {
        let server = self.session.server().to_owned();
        match &self.state {
            State::Collecting { is_theirs: false, .. } => Screen::ConfirmAccount {
                server,
                user_id: self.session.user_id.clone(),
                device_id: self.session.device_id.clone(),
                homeserver: self.session.homeserver.clone(),
            },
            State::Collecting { keys: Keys::Awaited(_), .. } => {
                Screen::Busy { server, task: Task::AwaitDevice }
            }
            State::Unstored { .. } => Screen::Busy { server, task: Task::KeepSession },
            State::Collecting { .. } | State::Adopting { .. } => {
                Screen::Busy { server, task: Task::AdoptSecrets }
            }
            State::Leaving { .. } | State::Over(_) => Screen::Busy { server, task: Task::TellDevice },
        }
    }
}
