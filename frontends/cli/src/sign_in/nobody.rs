//! What if nobody answers?

use narthex::View;
use narthex_app::{Goal, Handle, closed};

use crate::exit::Exit;
use crate::question::{Question, Unanswered};
use crate::script::Script;
use crate::turn::{self, Turn};

/// Why the flags lead nowhere on this card, and which ways there are.
pub(super) fn no_way(goal: Goal, script: &Script, view: &View) -> Exit {
    if let Some(failure) = closed(goal, view) {
        return Exit::Failed(failure);
    }
    match script.lacking(view) {
        Some(failure) => {
            Exit::NoSuchWay { failure, flags: Unanswered::new(Question::WayIn, goal).at(view).flags() }
        }
        None => Exit::Unanswered(script.missing(Question::WayIn, view)),
    }
}

/// Nobody answers: wait for the world, or say what is missing.
pub(super) async fn nobody(
    goal: Goal,
    script: &mut Script,
    pasted: bool,
    view: &View,
    handle: &mut Handle,
) -> Result<(), Exit> {
    match turn::turn(view) {
        // Nothing listens, and nobody will say it.
        Turn::World if script.awaits_address(view) => {
            let question = if pasted { Question::OtherCallback } else { Question::Callback };
            Err(Exit::Unanswered(Unanswered::new(question, goal)))
        }
        Turn::World => {
            if !handle.changed().await {
                return Err(Exit::System("the driver".to_owned()));
            }
            Ok(())
        }
        Turn::Mend(failure) => Err(Exit::Failed(failure)),
        // They have been sent to a page, and did not want to.
        Turn::User(Question::WayIn | Question::Server) if script.is_over() => Err(Exit::CancelledInBrowser),
        Turn::User(Question::WayIn) => match script.way_by_itself(view) {
            Some(way) => {
                handle.ask(way).await;
                Ok(())
            }
            None => Err(no_way(goal, script, view)),
        },
        Turn::User(question) => Err(Exit::Unanswered(script.missing(question, view))),
    }
}
