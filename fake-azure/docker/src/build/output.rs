//! What a build says while it is under way: JSON documents, one a line and each sent
//! alone.

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::json;

/// How many documents may wait for the client before the build waits for it.
const WAITING: usize = 64;
/// How many bytes a quiet build keeps to show them if it fails.
const KEPT: usize = 16 * 1024 * 1024;

/// Where a build's documents go.
#[derive(Debug)]
pub(crate) struct Output {
    to: Sender<Bytes>,
    /// What a quiet build has said so far; nothing if the build is not quiet.
    kept: Option<Vec<Bytes>>,
    length: usize,
    /// Whether ids of images are told apart from the text: API 1.30.
    has_aux: bool,
}

/// Nobody reads any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Build cancelled")]
pub(crate) struct Gone;

#[derive(Serialize)]
struct Stream<'a> {
    stream: &'a str,
}

#[derive(Serialize)]
struct Aux<'a> {
    aux: Id<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Id<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    error_detail: Detail<'a>,
    error: &'a str,
}

#[derive(Serialize)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i64>,
    message: &'a str,
}

impl Output {
    /// Makes an output, and the other end of it. A quiet one says nothing before its end.
    pub(crate) fn new(is_quiet: bool, has_aux: bool) -> (Self, Receiver<Bytes>) {
        let (to, from) = channel(WAITING);
        let output = Self {
            to,
            kept: is_quiet.then(Vec::new),
            length: 0,
            has_aux,
        };
        (output, from)
    }

    /// Says what the build or the standard output of a command says.
    pub(crate) async fn stream(&mut self, text: &str) -> Result<(), Gone> {
        self.document(&Stream { stream: text }).await
    }

    /// Says what the standard error of a command says: in red.
    pub(crate) async fn red(&mut self, text: &str) -> Result<(), Gone> {
        self.stream(&format!("\u{1b}[91m{text}\u{1b}[0m")).await
    }

    /// Says which image a stage became.
    pub(crate) async fn image(&mut self, id: &str) -> Result<(), Gone> {
        if !self.has_aux {
            return Ok(());
        }
        self.document(&Aux { aux: Id { id } }).await
    }

    /// Says anything, a document of its own: the progress of a pull.
    pub(crate) async fn document<T: Serialize>(&mut self, document: &T) -> Result<(), Gone> {
        let line = line(document);
        match &mut self.kept {
            None => self.send(line).await,
            // What no client would scroll back to is let go.
            Some(_) if self.length + line.len() > KEPT => Ok(()),
            Some(kept) => {
                self.length += line.len();
                kept.push(line);
                self.present()
            }
        }
    }

    /// Ends with the image that was made, which is all that a quiet build says.
    pub(crate) async fn succeed(&mut self, id: &str) -> Result<(), Gone> {
        if self.kept.take().is_none() {
            return Ok(());
        }
        self.stream(&format!("{id}\n")).await
    }

    /// Ends with the reason why there is no image; a quiet build says all now.
    pub(crate) async fn fail(&mut self, message: &str, code: Option<i64>) -> Result<(), Gone> {
        for line in self.kept.take().unwrap_or_default() {
            self.send(line).await?;
        }
        let failure = Failure {
            error_detail: Detail { code, message },
            error: message,
        };
        self.send(line(&failure)).await
    }

    /// Waits until nobody reads any more.
    pub(crate) fn until_gone(&self) -> impl Future<Output = ()> + Send + use<> {
        let to = self.to.clone();
        async move { to.closed().await }
    }

    async fn send(&self, line: Bytes) -> Result<(), Gone> {
        self.to.send(line).await.map_err(|_| Gone)
    }

    fn present(&self) -> Result<(), Gone> {
        if self.to.is_closed() {
            Err(Gone)
        } else {
            Ok(())
        }
    }
}

fn line<T: Serialize>(document: &T) -> Bytes {
    let mut line = json::written(document);
    line.extend_from_slice(b"\r\n");
    line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(from: &mut Receiver<Bytes>) -> Vec<String> {
        std::iter::from_fn(|| from.try_recv().ok())
            .map(|line| String::from_utf8(line.to_vec()).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn each_document_is_a_line_of_its_own() {
        let (mut output, mut from) = Output::new(false, true);
        output.stream(" ---> a\n").await.unwrap();
        output.red("b").await.unwrap();
        output.image("sha256:c").await.unwrap();
        output.succeed("sha256:c").await.unwrap();
        output.fail("d", Some(3)).await.unwrap();
        output.fail("e", None).await.unwrap();

        assert_eq!(
            said(&mut from),
            [
                "{\"stream\":\" ---\\u003e a\\n\"}\r\n",
                "{\"stream\":\"\\u001b[91mb\\u001b[0m\"}\r\n",
                "{\"aux\":{\"ID\":\"sha256:c\"}}\r\n",
                "{\"errorDetail\":{\"code\":3,\"message\":\"d\"},\"error\":\"d\"}\r\n",
                "{\"errorDetail\":{\"message\":\"e\"},\"error\":\"e\"}\r\n",
            ]
        );
    }

    #[tokio::test]
    async fn a_quiet_build_says_the_image_alone() {
        let (mut output, mut from) = Output::new(true, true);
        output.stream("a").await.unwrap();
        output.succeed("sha256:c").await.unwrap();

        assert_eq!(said(&mut from), ["{\"stream\":\"sha256:c\\n\"}\r\n"]);
    }

    #[tokio::test]
    async fn a_quiet_build_that_fails_says_all() {
        let (mut output, mut from) = Output::new(true, false);
        output.stream("a").await.unwrap();
        output.image("b").await.unwrap();
        output.fail("c", None).await.unwrap();

        assert_eq!(
            said(&mut from),
            [
                "{\"stream\":\"a\"}\r\n",
                "{\"errorDetail\":{\"message\":\"c\"},\"error\":\"c\"}\r\n",
            ]
        );
    }

    #[tokio::test]
    async fn an_output_knows_when_nobody_reads() {
        for is_quiet in [false, true] {
            let (mut output, from) = Output::new(is_quiet, true);
            drop(from);

            output.until_gone().await;
            assert_eq!(output.stream("a").await, Err(Gone));
        }
    }
}
