//! The images of servers on the daemon.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bollard::errors::Error as Refusal;
use bollard::query_parameters::{
    ImportImageOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptionsBuilder,
};
use bollard::{Docker, body_full};
use futures_util::TryStreamExt;
use toolmill_core::{Artifact, Deployment};

use super::{failed, image, labels, status};
use crate::error::{Error, Result};

pub(super) struct Images {
    docker: Docker,
    instance: String,
    /// Ids by key of their artifact, as far as they were looked up.
    known: Mutex<HashMap<String, String>>,
}

impl Images {
    pub(super) fn new(docker: Docker, instance: &str) -> Self {
        Self {
            docker,
            instance: instance.to_owned(),
            known: Mutex::default(),
        }
    }

    /// The id of the artifact's image, which is loaded unless it is there.
    pub(super) async fn load(&self, artifact: &Artifact) -> Result<String> {
        let known = self.known().get(&artifact.key).cloned();
        if let Some(id) = known {
            return Ok(id);
        }
        let labels = labels::of_image(&self.instance, artifact);
        let binary = artifact.binary.clone();
        let made = tokio::task::spawn_blocking(move || image::image(&binary, &labels))
            .await
            .unwrap_or_else(|ended| Err(ended.into()))
            .map_err(Error::io("read", &artifact.binary))?;
        let id = match self.find(&made.id, artifact).await? {
            Some(id) => id,
            None => {
                self.send(made.archive).await?;
                let loaded = self.find(&made.id, artifact).await?;
                loaded.ok_or_else(|| {
                    let error = "the image is not there after loading it".to_owned();
                    failed("load an image")(Refusal::DockerStreamError { error })
                })?
            }
        };
        self.known().insert(artifact.key.clone(), id.clone());
        Ok(id)
    }

    /// By the id it must have, or by its labels: daemons that keep images in
    /// containerd give them other ids.
    async fn find(&self, id: &str, artifact: &Artifact) -> Result<Option<String>> {
        match self.docker.inspect_image(id).await {
            Ok(_) => return Ok(Some(id.to_owned())),
            Err(error) if status(&error) == Some(404) => {}
            Err(error) => return Err(failed("look at an image")(error)),
        }
        let options = ListImagesOptionsBuilder::new()
            .all(true)
            .filters(&labels::image(&self.instance, artifact))
            .build();
        let found = self.docker.list_images(Some(options)).await;
        let found = found.map_err(failed("list images"))?;
        Ok(found.into_iter().next().map(|image| image.id))
    }

    async fn send(&self, archive: bytes::Bytes) -> Result<()> {
        let options = ImportImageOptionsBuilder::new().quiet(true).build();
        self.docker
            .import_image(options, body_full(archive), None)
            .try_for_each(|_| std::future::ready(Ok(())))
            .await
            .map_err(failed("load an image"))
    }

    /// It was removed behind our back.
    pub(super) fn forget(&self, artifact: &Artifact) {
        self.known().remove(&artifact.key);
    }

    /// Removes the instance's images that no server of `keep` needs.
    pub(super) async fn sweep(&self, keep: &[Deployment]) -> Result<()> {
        let keep: HashSet<&str> = keep.iter().map(|kept| &*kept.artifact.key).collect();
        let options = ListImagesOptionsBuilder::new()
            .all(true)
            .filters(&labels::all(&self.instance))
            .build();
        let found = self.docker.list_images(Some(options)).await;
        for image in found.map_err(failed("list images"))? {
            let artifact = labels::artifact(&image.labels);
            if artifact.is_some_and(|artifact| keep.contains(artifact)) {
                continue;
            }
            let options = RemoveImageOptionsBuilder::new().force(true).build();
            match self
                .docker
                .remove_image(&image.id, Some(options), None)
                .await
            {
                Ok(_) => {}
                // In use, or gone already.
                Err(error) if matches!(status(&error), Some(404 | 409)) => continue,
                Err(error) => return Err(failed("remove an image")(error)),
            }
            if let Some(artifact) = artifact {
                self.known().remove(artifact);
            }
        }
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
