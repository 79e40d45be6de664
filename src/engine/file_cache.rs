//! The Go files of a run as one pass sees them: on disk, or as earlier passes
//! left them.

use super::embeds::Embeds;
use crate::disk::Disk;
use crate::model::package::{Package, PackageFile, PackageSources};
use crate::model::program::{PackageFiles, is_ignored, may_be_built};
use crate::syntax::File;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Directories whose files are remembered at most.
const DIRECTORIES: usize = 16;
/// How many bytes of text the remembered directories hold at most, but for the
/// one that was asked for last: what is parsed of it takes several times as
/// much, so that memory does not grow with the tree.
const BYTES: usize = 2 << 20;

/// The Go files of a directory.
type Neighbours = Arc<OnceLock<CachedDirectory>>;

/// The Go files of a directory, in the order of their names.
#[derive(Debug, Default)]
struct CachedDirectory {
    files: Vec<Arc<CachedFile>>,
    /// How long the texts of those that were read are together.
    bytes: Arc<AtomicUsize>,
    packages: PackageCache,
}

/// A Go file of a directory. It is read when somebody asks for it.
#[derive(Debug)]
struct CachedFile {
    path: PathBuf,
    /// Nothing when it cannot be read or has no package clause.
    file: OnceLock<Option<Arc<File>>>,
    files: Arc<DiskFiles>,
    /// Those of the directory.
    bytes: Arc<AtomicUsize>,
}

impl CachedFile {
    fn get(&self) -> Option<&Arc<File>> {
        let read = || {
            let file = self.files.load(&self.path)?;
            self.bytes.fetch_add(file.text().len(), Ordering::Relaxed);
            Some(file)
        };
        self.file.get_or_init(read).as_ref()
    }

    /// The file, when it was read before.
    fn known(&self) -> Option<&Arc<File>> {
        self.file.get()?.as_ref()
    }
}

/// The packages that were asked for, by their directory and clause; `None` for all files
/// whatever their clause.
#[derive(Debug, Default)]
struct PackageCache(Mutex<ByClause>);

type ByClause = HashMap<(PathBuf, Option<String>), Arc<PackageSources>>;

impl PackageCache {
    fn of(
        &self,
        directory: &Path,
        clause: Option<&str>,
        make: impl FnOnce() -> Vec<PackageFile>,
    ) -> Arc<PackageSources> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (directory.to_owned(), clause.map(str::to_owned));
        Arc::clone(known.entry(key).or_insert_with(|| Arc::new(PackageSources::new(make()))))
    }
}

impl CachedDirectory {
    /// Where the file at `path` stands, or would.
    fn place(&self, path: &Path) -> Result<usize, usize> {
        self.files.binary_search_by(|file| file.path.as_path().cmp(path))
    }

    /// Whether `file` is the one that stands here.
    fn holds(&self, file: &Arc<File>) -> bool {
        let known = self.place(file.path()).ok().and_then(|at| self.files[at].get());
        known.is_some_and(|known| Arc::ptr_eq(known, file))
    }

    /// The files that have a package clause.
    fn read(&self) -> impl Iterator<Item = &Arc<File>> {
        self.files.iter().filter_map(|file| file.get())
    }
}

/// The files on disk beside those that a run looks at. Sites ask for them again
/// and again, mostly in the directory that was asked for last, so each of the
/// last directories is read once.
#[derive(Debug, Default)]
pub struct FileCache {
    recent: Mutex<VecDeque<(PathBuf, Neighbours)>>,
    embeds: Embeds,
    files: Arc<DiskFiles>,
}

/// The files on disk.
#[derive(Debug, Default)]
struct DiskFiles {
    /// Those that somebody has in hand just now.
    lent: Mutex<BTreeMap<PathBuf, Weak<File>>>,
    disk: Disk,
}

impl DiskFiles {
    /// The file at `path`, when it has a package clause.
    fn load(&self, path: &Path) -> Option<Arc<File>> {
        let lent = {
            let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
            lent.get(path).and_then(Weak::upgrade)
        };
        let read = || {
            let text = String::from_utf8(self.disk.read(path).ok()?).ok()?;
            Some(Arc::new(File::new(path, text)))
        };
        lent.or_else(read).filter(|file| !file.package().is_empty())
    }
}

impl FileCache {
    /// A library that reads from `disk`.
    pub fn reading(disk: &Disk) -> FileCache {
        let files = DiskFiles { disk: disk.clone(), ..DiskFiles::default() };
        FileCache { files: Arc::new(files), ..FileCache::default() }
    }

    /// The directive by which a program carries the file at `path` as data.
    pub fn embedded(&self, path: &Path) -> Option<String> {
        self.embeds.name(path, self.disk())
    }

    /// Where it reads from.
    pub fn disk(&self) -> &Disk {
        &self.files.disk
    }

    /// The file at `path`, which was just read and holds `text`: the one that is known
    /// already, if there is one, so that nothing of it is parsed twice. Others find it
    /// while somebody has it.
    pub fn lend(&self, path: &Path, text: String) -> Arc<File> {
        self.lend_read(File::new(path, text))
    }

    /// As [`FileCache::lend`], of a file that was read before and may be outlined.
    pub fn lend_read(&self, file: File) -> Arc<File> {
        let known = self.remembered(file.path()).filter(|known| known.text() == file.text());
        let file = known.unwrap_or_else(|| Arc::new(file));
        let mut lent = self.files.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.retain(|_, file| file.strong_count() > 0);
        lent.insert(file.path().to_owned(), Arc::downgrade(&file));
        file
    }

    /// Puts `file`, whose text has changed, in the place of the one that is remembered at its
    /// path. The others of its directory stay as they are.
    pub fn replace(&self, file: &Arc<File>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let at = recent.iter().position(|(directory, _)| file.path().parent() == Some(directory));
        let Some(at) = at else { return };
        let Some(directory) = recent[at].1.get() else {
            // Nobody has listed it yet, or somebody is listing what was there before.
            recent.remove(at);
            return;
        };
        let mut files = directory.files.clone();
        let cached = Arc::new(CachedFile {
            path: file.path().to_owned(),
            file: OnceLock::from((!file.package().is_empty()).then(|| Arc::clone(file))),
            files: Arc::clone(&self.files),
            bytes: Arc::clone(&directory.bytes),
        });
        match directory.place(file.path()) {
            Ok(place) => files[place] = cached,
            // One that is not on disk is none of these.
            Err(place) if self.disk().is_file(file.path()) => files.insert(place, cached),
            Err(_) => {}
        }
        let bytes = Arc::clone(&directory.bytes);
        let replaced = CachedDirectory { files, bytes, packages: PackageCache::default() };
        recent[at].1 = Arc::new(OnceLock::from(replaced));
    }

    /// The file at `path`, when it was read among those of its directory and is remembered.
    fn remembered(&self, path: &Path) -> Option<Arc<File>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, neighbours) = recent.iter().find(|(directory, _)| path.parent() == Some(directory))?;
        let directory = neighbours.get()?;
        directory.files[directory.place(path).ok()?].known().cloned()
    }

    /// The Go files of `directory`, by name.
    fn directory(&self, directory: &Path) -> Neighbours {
        let known = {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            let at = recent.iter().position(|(known, _)| known == directory);
            let one =
                at.and_then(|at| recent.remove(at)).unwrap_or_else(|| (directory.to_owned(), Arc::default()));
            let neighbours = Arc::clone(&one.1);
            recent.push_front(one);
            neighbours
        };
        // Listed outside of the lock; whoever asks for the same meanwhile waits.
        known.get_or_init(|| self.list(directory));
        self.forget();
        known
    }

    /// Lets go of what was not asked for lately.
    fn forget(&self) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = 0;
        let kept = recent.iter().take(DIRECTORIES).take_while(|(_, neighbours)| {
            let before = bytes;
            bytes += neighbours.get().map_or(0, |directory| directory.bytes.load(Ordering::Relaxed));
            before == 0 || bytes <= BYTES
        });
        let kept = kept.count();
        let gone = recent.split_off(kept);
        drop(recent);
        // Freeing many trees takes a while; nobody need wait for it.
        drop(gone);
    }

    fn list(&self, directory: &Path) -> CachedDirectory {
        let disk = self.disk();
        let entries = disk.read_dir(directory).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| {
                let path = entry.path();
                let is_go = path.extension().is_some_and(|extension| extension == "go");
                // A pipe or a device that is called `x.go` must not be waited for.
                let is_plain = || entry.file_type().is_ok_and(|kind| kind.is_file()) || disk.is_file(&path);
                (is_go && is_plain()).then_some(path)
            })
            .collect();
        // They stand in one directory, so this is the order of their paths.
        paths.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        let bytes = Arc::default();
        let cached = |path| {
            let (files, bytes) = (Arc::clone(&self.files), Arc::clone(&bytes));
            Arc::new(CachedFile { path, file: OnceLock::new(), files, bytes })
        };
        let files = paths.into_iter().map(cached).collect();
        CachedDirectory { files, bytes, packages: PackageCache::default() }
    }
}

/// Texts in memory that stand for files on disk.
#[derive(Clone, Debug, Default)]
pub struct FileSet {
    /// Shared with the packages that were asked for and not looked at yet.
    texts: Arc<BTreeMap<PathBuf, Arc<File>>>,
    /// Those of the texts as they are now.
    packages: Arc<PackageCache>,
    file_cache: Arc<FileCache>,
}

impl FileSet {
    /// An empty file_set beside `library`, which others use too.
    pub fn beside(file_cache: &Arc<FileCache>) -> FileSet {
        FileSet { file_cache: Arc::clone(file_cache), ..FileSet::default() }
    }

    /// Puts `file` in the place of the one on disk at its path.
    pub fn put(&mut self, file: Arc<File>) {
        Arc::make_mut(&mut self.texts).insert(file.path().to_owned(), file);
        self.packages = Arc::default();
    }

    /// The directive by which a program carries the file at `path` as data.
    pub fn embedded(&self, path: &Path) -> Option<String> {
        self.file_cache.embedded(path)
    }

    /// The file at `path`, when it is held in memory.
    pub fn get(&self, path: &Path) -> Option<&Arc<File>> {
        self.texts.get(path)
    }

    /// The file at `path`, read from disk when it is not held in memory; nothing
    /// when it cannot be.
    pub fn fetch(&self, path: &Path) -> Option<Arc<File>> {
        let read = || Some(Arc::new(File::new(path, self.file_cache.disk().read_to_string(path).ok()?)));
        self.get(path).cloned().or_else(read)
    }

    /// All files in the directory of `file` with the same package clause,
    /// `file` itself included. A file that cannot be read declares nothing that
    /// this run could know of, so it is passed over.
    pub fn package_of(&self, file: &Arc<File>) -> Package {
        self.around(file, true)
    }

    /// All Go files in the directory of `file`, whatever their package clause.
    pub fn directory_of(&self, file: &Arc<File>) -> Package {
        self.around(file, false)
    }

    /// The files in `directory` that can be part of a program, by name.
    pub fn program_files(&self, directory: &Path) -> PackageFiles {
        let neighbours = self.file_cache.directory(directory);
        let all = neighbours.get().into_iter().flat_map(CachedDirectory::read);
        let all = all.map(|file| self.texts.get(file.path()).unwrap_or(file));
        let built = |file: &&Arc<File>| may_be_built(file.path()) && !is_ignored(file.text());
        Arc::new(all.filter(built).cloned().collect())
    }

    /// The files beside `file`, with its package clause only if `same_clause`, and `file`
    /// itself.
    fn around(&self, file: &Arc<File>, same_clause: bool) -> Package {
        let (file_set, file) = (self.clone(), Arc::clone(file));
        Package::of(move || {
            let directory = file.path().parent().unwrap_or(Path::new("."));
            let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            let neighbours = file_set.file_cache.directory(directory);
            let known = neighbours.get().expect("it was read just now");
            let clause = same_clause.then(|| file.package());
            let make = || {
                let own = file.path().file_name();
                let others = known.files.iter().filter(|other| other.path.file_name() != own);
                let others = others.map(|other| {
                    let (other, clause) = (Arc::clone(other), clause.map(str::to_owned));
                    let text = file_set.texts.get(&other.path).cloned();
                    PackageFile::at(other.path.clone(), move || {
                        let file = text.or_else(|| other.get().cloned())?;
                        clause.is_none_or(|clause| file.package() == clause).then_some(file)
                    })
                });
                let mut files: Vec<PackageFile> = others.collect();
                let place = files.partition_point(|other| other.path() < file.path());
                files.insert(place, Arc::clone(&file).into());
                files
            };
            // What does not depend on who asks is the same for everybody.
            if file_set.texts.len() <= 1
                && known.holds(&file)
                && file_set.texts.values().all(|text| known.holds(text))
            {
                return known.packages.of(directory, clause, make);
            }
            match file_set.texts.get(file.path()) {
                Some(own) if Arc::ptr_eq(own, &file) => file_set.packages.of(directory, clause, make),
                _ => Arc::new(PackageSources::new(make())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_package_is_read_when_somebody_asks_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let own = write(&dir, "a.go", "package p\n");
        let file_cache = Arc::default();
        let mut file_set = FileSet::beside(&file_cache);
        let file = file_cache.lend(&own, "package p\n".into());
        file_set.put(file.clone());
        let package = file_set.package_of(&file);
        write(&dir, "b.go", "package p\nvar b int\n");
        write(&dir, "c.go", "package q\nvar c int\n");
        assert!(package.declares("b") && !package.declares("c"));
        assert!(file_set.directory_of(&file).declares("c"));
        // What it is asked for later does not see what was put there meanwhile.
        let before = file_set.package_of(&file);
        file_set.put(Arc::new(File::new(dir.path().join("b.go"), "package p\nvar other int\n")));
        assert!(before.declares("b") && !before.declares("other"));
        assert!(file_set.package_of(&file).declares("other"));
    }

    #[test]
    fn a_file_that_has_changed_takes_the_place_of_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let a = write(&dir, "a.go", "package p\n");
        let b = write(&dir, "b.go", "package p\nvar b int\n");
        let file_cache: Arc<FileCache> = Arc::default();
        let file_set = FileSet::beside(&file_cache);
        let file = file_cache.lend(&a, "package p\n".into());
        assert!(file_set.package_of(&file).declares("b"));
        for (text, declares) in
            [("package p\nvar c int\n", true), ("", false), ("package p\nvar c int\n", true)]
        {
            file_cache.replace(&Arc::new(File::new(&b, text)));
            let package = file_set.package_of(&file);
            assert_eq!((package.declares("b"), package.declares("c")), (false, declares), "{text}");
        }
        file_cache.replace(&Arc::new(File::new(dir.path().join("new.go"), "package p\nvar d int\n")));
        assert!(!file_set.package_of(&file).declares("d"), "it is not on disk");
    }

    #[test]
    fn a_file_is_there_once_while_its_text_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (write(&dir, "a.go", "package p\n"), write(&dir, "b.go", "package p\n"));
        let file_cache: Arc<FileCache> = Arc::default();
        let file_set = FileSet::beside(&file_cache);
        let file = file_cache.lend(&a, "package p\n".into());
        let package = file_set.package_of(&file);
        let of = |path: &Path| package.files().find(|file| file.path() == path).unwrap();
        assert!(Arc::ptr_eq(&file_set.program_files(dir.path())[0], &file), "it was lent");
        assert!(Arc::ptr_eq(&file_cache.lend(&b, "package p\n".into()), of(&b)), "it was remembered");
        assert!(!Arc::ptr_eq(&file_cache.lend(&b, "package q\n".into()), of(&b)), "it has changed");
    }
}
