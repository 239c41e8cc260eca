//! How an image was made.

use serde::Serialize;

use super::{Image, ImageError, ImageStore};

/// A step in the making of an image, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoryItem {
    /// What was said of the step.
    pub comment: String,
    /// When it was done, in seconds.
    pub created: i64,
    /// What was done.
    pub created_by: String,
    /// The image that came of it, where this engine has it.
    pub id: String,
    /// How large the layer is that came of it.
    pub size: u64,
    /// The names of the image.
    pub tags: Option<Vec<String>>,
}

/// What stands for the id of an image that the engine never had.
const MISSING: &str = "<missing>";

impl ImageStore {
    /// Tells how an image was made, the last step first.
    ///
    /// # Errors
    /// When more steps made layers than there are.
    pub fn history(&self, image: &Image) -> Result<Vec<HistoryItem>, ImageError> {
        let mut layers = image.chain.iter();
        let mut items = Vec::new();
        for step in &image.config.history {
            let size = if step.empty_layer {
                0
            } else {
                let layer = layers.next().ok_or(ImageError::History)?;
                self.layers.size(&[*layer])
            };
            items.push(HistoryItem {
                comment: step.comment.clone(),
                created: step
                    .created
                    .map(jiff::Timestamp::as_second)
                    .unwrap_or_default(),
                created_by: step.created_by.clone(),
                id: MISSING.to_owned(),
                size,
                tags: None,
            });
        }
        items.reverse();
        let mut next = Some(image);
        for item in &mut items {
            let Some(image) = next else { break };
            item.id = image.id.to_string();
            item.tags = Some(image.repo_tags()).filter(|tags| !tags.is_empty());
            next = image.parent.and_then(|parent| self.images.get(&parent));
        }
        Ok(items)
    }
}
