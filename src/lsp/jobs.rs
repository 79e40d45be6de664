//! Threads that work, each with the newest thing first that somebody waits for.

use super::client::error;
use lsp_server::{ErrorCode, ResponseError};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What a thread does at one time.
type Job = Box<dyn FnOnce() + Send>;

/// Room for the recursion of code that nests deeply, in bytes.
const STACK: usize = 16 << 20;

#[derive(Default)]
struct LaneQueue {
    urgent: VecDeque<Job>,
    later: VecDeque<Job>,
    closed: bool,
}

#[derive(Default)]
struct LaneState {
    queue: Mutex<LaneQueue>,
    ready: Condvar,
}

impl LaneState {
    fn lock(&self) -> MutexGuard<'_, LaneQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.urgent.pop_front().or_else(|| queue.later.pop_front()) {
                return Some(job);
            }
            queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Some threads with one queue.
#[derive(Clone)]
pub struct Lane(Arc<LaneState>);

impl Lane {
    /// A queue that `threads` threads work off, and those threads.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(name: &str, threads: usize) -> std::io::Result<(Lane, Vec<JoinHandle<()>>)> {
        let lane = Lane(Arc::default());
        let handles = (0..threads).map(|_| {
            let state = Arc::clone(&lane.0);
            let work = move || {
                while let Some(job) = state.next() {
                    // What a job owes to others it has wrapped itself.
                    drop(catch_unwind(AssertUnwindSafe(job)));
                }
            };
            std::thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(work)
        });
        let handles = handles.collect::<Result<_, _>>()?;
        Ok((lane, handles))
    }

    /// Does `job` before all that can wait.
    pub fn soon(&self, job: impl FnOnce() + Send + 'static) {
        self.push(Box::new(job), |queue| &mut queue.urgent);
    }

    /// Does `job` when nothing is urgent.
    pub fn later(&self, job: impl FnOnce() + Send + 'static) {
        self.push(Box::new(job), |queue| &mut queue.later);
    }

    fn push(&self, job: Job, jobs: impl FnOnce(&mut LaneQueue) -> &mut VecDeque<Job>) {
        let mut queue = self.0.lock();
        if !queue.closed {
            jobs(&mut queue).push_back(job);
            self.0.ready.notify_one();
        }
    }

    /// Ends the threads after the job that each is at. The others are dropped: they hold what
    /// holds the lane.
    pub fn close(&self) {
        let dropped = {
            let mut queue = self.0.lock();
            queue.closed = true;
            (std::mem::take(&mut queue.urgent), std::mem::take(&mut queue.later))
        };
        self.0.ready.notify_all();
        drop(dropped);
    }
}

/// The result of `work`; that it panicked is an error of this one request.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, ResponseError>) -> Result<T, ResponseError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = said(&*panic);
        Err(error(
            ErrorCode::InternalError,
            format!("gomend stopped at this request: {said}; please report it"),
        ))
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it gave no reason")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_panic_is_an_error_of_its_own_request() {
        let error = guarded(|| -> Result<(), _> { panic!("at {}", 7) }).unwrap_err();
        assert_eq!(error.code, ErrorCode::InternalError as i32);
        assert!(error.message.contains("at 7"), "{}", error.message);
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
    }

    #[test]
    fn a_job_that_panics_does_not_end_its_lane() {
        let (lane, handles) = Lane::start("test", 1).unwrap();
        let (sender, receiver) = channel();
        lane.later(|| panic!("on purpose"));
        lane.soon(move || sender.send(1).unwrap());
        assert_eq!(receiver.recv_timeout(Duration::from_secs(20)), Ok(1));
        lane.close();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
    }

    #[test]
    fn what_is_not_begun_when_the_lane_ends_is_let_go() {
        let (lane, handles) = Lane::start("test", 0).unwrap();
        let held = Arc::new(());
        for push in [Lane::soon, Lane::later] {
            let held = Arc::clone(&held);
            push(&lane, Box::new(move || drop(held)) as Job);
        }
        assert_eq!(Arc::strong_count(&held), 3);
        lane.close();
        let late = Arc::clone(&held);
        lane.soon(move || drop(late));
        assert_eq!(Arc::strong_count(&held), 1);
        assert!(handles.is_empty());
    }

    #[test]
    fn what_is_urgent_comes_first() {
        let (lane, _handles) = Lane::start("test", 1).unwrap();
        let (sender, receiver) = channel();
        let (go, wait) = channel::<()>();
        lane.soon(move || wait.recv().unwrap());
        let say = |number: i32| {
            let sender = sender.clone();
            move || sender.send(number).unwrap()
        };
        lane.later(say(3));
        lane.soon(say(1));
        lane.soon(say(2));
        go.send(()).unwrap();
        let order: Vec<i32> =
            (0..3).map(|_| receiver.recv_timeout(Duration::from_secs(20)).unwrap()).collect();
        assert_eq!(order, [1, 2, 3]);
        lane.close();
    }
}
